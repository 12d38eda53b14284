"""Who works on the sample's product."""

from pilab_desktop.integrations.sample.history import Person

MAYA = Person("Maya Lindqvist", "maya.lindqvist@example.com", 1)
LUKASZ = Person("Łukasz Nowak", "lukasz.nowak@example.com", 1)
ZOE = Person("Zoë Okonkwo", "zoe.okonkwo@example.com", 0)
RAJ = Person("Raj Venkataraman", "raj.venkataraman@example.com", 5)
INES = Person("Inês Carvalho", "ines.carvalho@example.com", 0)
TOM = Person("Tom Whitfield", "tom.whitfield@example.com", -5)
"""Release manager: cuts release branches, picks onto them and deploys to production."""
BOT = Person("renovate[bot]", "renovate@example.com", 0)
