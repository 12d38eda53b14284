"""Compose files as they take effect: services by name, environments as maps, no extension fields."""

from pilab_desktop.drift.configuration.comparison import ABSENT, MaybeValue
from pilab_desktop.drift.configuration.discovery import FileKind
from pilab_desktop.drift.configuration.documents import Value
from pilab_desktop.drift.configuration.layers import Effective
from pilab_desktop.drift.configuration.units import Unit


def services_of(unit: Unit, end: Effective) -> MaybeValue:
    """The effective value of an end; of a Compose file only what takes effect, its names told from its values."""
    if unit.kind is not FileKind.COMPOSE or end.value is ABSENT or not isinstance(end.value, dict):
        return end.value
    # `x-…` fields hold what services merge in; there it is compared.
    plain = {key: value for key, value in end.value.items() if not key.startswith("x-")}
    services = plain.get("services")
    if not isinstance(services, dict):
        return plain
    return plain | {"services": {name: _with_map(service) for name, service in services.items()}}


def _with_map(service: Value) -> Value:
    environment = service.get("environment") if isinstance(service, dict) else None
    if not isinstance(service, dict) or not isinstance(environment, list):
        return service
    pairs = [str(line).partition("=") for line in environment]
    return service | {"environment": {name: value if equals else None for name, equals, value in pairs}}
