"""A Django model field as a migration writes it (https://docs.djangoproject.com/en/stable/ref/models/fields/)."""

import ast
from dataclasses import dataclass

from pilab_desktop.drift.migrations.python.syntax import is_false, is_none, is_true, keyword, last_name

_RELATIONS = frozenset({"ForeignKey", "OneToOneField"})


@dataclass(frozen=True, slots=True)
class DjangoField:
    """A field's definition. A field is NOT NULL unless it says `null=True`; its `default` is Django's alone, so that
    code that does not know the column cannot insert rows, where `db_default` is the database's.
    """

    call: ast.Call

    @property
    def type(self) -> str:
        """The class: "CharField"."""
        return last_name(self.call)

    @property
    def null(self) -> bool:
        """Whether the column may be empty."""
        return is_true(keyword(self.call, "null"))

    @property
    def says_not_null(self) -> bool:
        """Whether `null=False` is written out."""
        return is_false(keyword(self.call, "null"))

    @property
    def has_database_default(self) -> bool:
        """Whether the database fills in a value by itself."""
        if self.type in {"AutoField", "BigAutoField", "SmallAutoField", "GeneratedField"}:
            return True
        given = keyword(self.call, "db_default")
        return given is not None and not is_none(given)

    @property
    def rewrites(self) -> bool:
        """Whether each row is given a value of its own while nobody else may read."""
        if self.type == "GeneratedField":
            return is_true(keyword(self.call, "db_persist"))
        given = keyword(self.call, "db_default")
        volatile = isinstance(given, ast.Call) and last_name(given) not in {"Now", "Value"}
        return volatile or self.type in {"AutoField", "BigAutoField", "SmallAutoField"}

    @property
    def many_to_many(self) -> bool:
        """Whether it stands for a table of its own and adds no column."""
        return self.type == "ManyToManyField"

    @property
    def has_column(self) -> bool:
        """Whether it adds a column."""
        return not self.many_to_many and self.type not in {"GenericRelation", "GenericForeignKey"}

    @property
    def unique(self) -> bool:
        """Whether the database makes it unique."""
        return is_true(keyword(self.call, "unique")) or self.type == "OneToOneField"

    @property
    def primary(self) -> bool:
        """Whether it is the primary key."""
        return is_true(keyword(self.call, "primary_key"))

    @property
    def references(self) -> bool:
        """Whether the database checks that what it refers to is there."""
        return self.type in _RELATIONS and not is_false(keyword(self.call, "db_constraint"))

    @property
    def indexed(self) -> bool:
        """Whether it has an index of its own."""
        if self.type in {"ForeignKey", "SlugField"}:
            return not is_false(keyword(self.call, "db_index"))
        return is_true(keyword(self.call, "db_index"))

    @property
    def shape(self) -> tuple[str, ...]:
        """What makes the column's type: the class and the arguments that the type depends on."""
        sized = (
            "max_length",
            "max_digits",
            "decimal_places",
            "db_collation",
            "base_field",
            "srid",
            "dim",
            "size",
            "to",
        )
        given = ((name, keyword(self.call, name)) for name in sized)
        return (self.type, *(f"{name}={ast.unparse(value)}" for name, value in given if value is not None))
