"""Each operation of Alembic and Django, and the kind and weight it is given."""

import pytest

from pilab_desktop.drift.migrations.python.alembic_operations import alembic_verdict
from pilab_desktop.drift.migrations.python.django_operations import django_verdict

ALEMBIC = [
    ('op.add_column("a", sa.Column("b", sa.Integer(), sa.ForeignKey("c.id")))', [("add_foreign_key", "HIGH")]),
    ('op.add_column("a", sa.Column("b", sa.Integer(), unique=True))', [("add_unique", "HIGH")]),
    (
        'op.add_column("a", sa.Column("b", sa.Text(), index=True))',
        [("add_column", "LOW"), ("create_index", "HIGH")],
    ),
    (
        'op.add_column("a", sa.Column("b", sa.Uuid(), server_default=sa.text("uuid_v4()")))',
        [("volatile_default", "HIGH")],
    ),
    ('op.add_column("a", sa.Column("b", sa.Uuid(), server_default=sa.func.random()))', [("volatile_default", "HIGH")]),
    ('op.add_column("a", sa.Column("b", sa.Integer(), server_default="0", nullable=False))', [("add_column", "LOW")]),
    ('op.add_column("a", sa.Column("b", sa.Integer(), sa.Computed("c + 1")))', [("volatile_default", "HIGH")]),
    ('op.add_column("a", COLUMN)', [("add_column", "MEDIUM")]),
    ('op.alter_column("a", "b", server_default=None)', [("drop_default", "HIGH")]),
    ('op.alter_column("a", "b", server_default="1")', [("alter_table", "MEDIUM")]),
    ('op.alter_column("a", "b", nullable=True)', [("alter_table", "MEDIUM")]),
    ('op.alter_column("a", "b", type_=sa.Text(), existing_type=sa.String())', [("alter_type", "HIGH")]),
    ('op.create_index("i", "a", ["b"], unique=True)', [("create_index", "HIGH"), ("add_unique", "HIGH")]),
    ('op.drop_index(op.f("i"), table_name="a")', [("drop_index", "HIGH")]),
    ('op.drop_index("i", postgresql_concurrently=True)', [("drop_index", "MEDIUM")]),
    ('op.drop_constraint("c", "a", type_="primary")', [("drop_constraint", "HIGH")]),
    ('op.drop_constraint("c", "a", type_="foreignkey")', [("drop_constraint", "MEDIUM")]),
    ('op.create_unique_constraint("c", "a", ["b"])', [("add_unique", "HIGH")]),
    ('op.create_primary_key("c", "a", ["b"])', [("add_primary_key", "HIGH")]),
    ('op.create_table_comment("a", "words")', [("comment", "LOW")]),
    ("op.bulk_insert(TABLE, [])", [("data_change", "MEDIUM")]),
    ('op.get_bind().execute(sa.text("DROP TABLE a"))', [("drop_table", "CRITICAL")]),
    ("op.get_bind().execute(users.update().values(a=1))", [("data_change", "MEDIUM")]),
    ('op.execute("DROP TABLE a" if x else y)', [("drop_table", "CRITICAL"), ("unparsed", "MEDIUM")]),
    ('op.execute("TRUNCATE " + name)', [("truncate", "CRITICAL"), ("unparsed", "MEDIUM")]),
    ('op.execute("TRUNCATE {}".format(name))', [("truncate", "CRITICAL"), ("unparsed", "MEDIUM")]),
    ('op.execute("TRUNCATE %s" % name)', [("truncate", "CRITICAL"), ("unparsed", "MEDIUM")]),
    ('op.execute(textwrap.dedent("TRUNCATE a").strip())', [("truncate", "CRITICAL")]),
    ("op.invent_something()", [("unparsed", "MEDIUM")]),
    ('helper.drop_table("a")', []),
    ('for t in ("a", "b"): op.drop_table(t)', [("drop_table", "CRITICAL")]),
    (
        'with op.get_context().autocommit_block(): op.execute("CREATE INDEX CONCURRENTLY i ON a (b)")',
        [("create_index_concurrently", "LOW")],
    ),
    ('op.execute("CREATE INDEX CONCURRENTLY i ON a (b)")', [("create_index_concurrently", "HIGH")]),
]

DJANGO = [
    (
        'migrations.AddField("a", "b", models.ForeignKey("c.C", null=True))',
        [("add_foreign_key", "HIGH"), ("create_index", "HIGH")],
    ),
    (
        'migrations.AddField("a", "b", models.ForeignKey("c.C", null=True, db_constraint=False, db_index=False))',
        [("add_column", "LOW")],
    ),
    ('migrations.AddField("a", "b", models.ManyToManyField("c.C"))', [("create_table", "LOW")]),
    ('migrations.AddField("a", "b", models.IntegerField(unique=True, null=True))', [("add_unique", "HIGH")]),
    ('migrations.AddField("a", "b", models.IntegerField(db_default=0))', [("add_column", "LOW")]),
    ('migrations.AddField("a", "b", models.UUIDField(db_default=RandomUUID()))', [("volatile_default", "HIGH")]),
    (
        'migrations.AddField("a", "b", models.GeneratedField(expression=F("c"), db_persist=True))',
        [("volatile_default", "HIGH")],
    ),
    (
        'migrations.AddField("a", "id", models.AutoField(primary_key=True))',
        [("add_primary_key", "HIGH"), ("volatile_default", "HIGH")],
    ),
    ('migrations.AddField("a", "b", FIELD)', [("add_column", "MEDIUM")]),
    (
        'migrations.AddField("a", "b", models.IntegerField()), AddDefaultValue(model_name="a", name="b", value=1)',
        [("add_not_null_column", "MEDIUM"), ("alter_table", "MEDIUM")],
    ),
    ('migrations.AlterField("a", "b", models.IntegerField(unique=True))', [("add_unique", "HIGH")]),
    ('migrations.AlterField("a", "b", models.IntegerField(null=False))', [("set_not_null", "HIGH")]),
    ('migrations.AlterField("a", "b", FIELD)', [("alter_table", "MEDIUM")]),
    ('migrations.AlterModelTable("a", "z")', [("rename_table", "HIGH")]),
    ('migrations.AlterModelTableComment("a", "words")', [("comment", "LOW")]),
    ('migrations.AlterModelOptions("a", {})', []),
    ('migrations.RenameField("a", "b", "c")', [("rename_column", "HIGH")]),
    ('migrations.AlterUniqueTogether("a", {("b", "c")})', [("add_unique", "HIGH")]),
    ('migrations.AlterUniqueTogether("a", set())', [("drop_constraint", "MEDIUM")]),
    ('migrations.AlterIndexTogether("a", {("b", "c")})', [("create_index", "HIGH")]),
    ('migrations.AddIndex("a", models.Index(fields=["b"], name="i"))', [("create_index", "HIGH")]),
    ('migrations.RemoveIndex("a", "i")', [("drop_index", "HIGH")]),
    ('RemoveIndexConcurrently("a", "i")', [("drop_index", "MEDIUM")]),
    ('migrations.RenameIndex("a", "i", "j")', [("alter_table", "MEDIUM")]),
    ('migrations.AddConstraint("a", models.CheckConstraint(check=Q(), name="c"))', [("add_check", "HIGH")]),
    ('AddConstraintNotValid("a", models.CheckConstraint(check=Q(), name="c"))', [("add_check", "MEDIUM")]),
    (
        'AddConstraintNotValid("a", models.CheckConstraint(check=Q(), name="c")), ValidateConstraint("a", name="c")',
        [("add_check", "HIGH"), ("alter_table", "MEDIUM")],
    ),
    ('migrations.RemoveConstraint("a", "c")', [("drop_constraint", "MEDIUM")]),
    ("TrigramExtension()", [("create_other", "LOW")]),
    ("migrations.RunPython(migrations.RunPython.noop)", []),
    ("migrations.RunSQL(migrations.RunSQL.noop)", []),
    ('migrations.RunSQL(f"TRUNCATE {table}")', [("truncate", "CRITICAL"), ("unparsed", "MEDIUM")]),
    (
        'migrations.CreateModel(name="A", fields=[], options={"db_table": "z"}), migrations.RunSQL("TRUNCATE z")',
        [("create_table", "LOW"), ("truncate", "CRITICAL")],
    ),
    ('migrations.CreateModel(name="A", fields=[], options={"proxy": True})', []),
]


@pytest.mark.parametrize(("call", "expected"), ALEMBIC, ids=[call for call, _ in ALEMBIC])
def test_alembic(call: str, expected: list[tuple[str, str]]) -> None:
    verdict = alembic_verdict(f"from alembic import op\n\ndef upgrade():\n    {call}\n", "postgres")
    assert [(one.kind, one.severity) for one in verdict.operations] == expected


@pytest.mark.parametrize(("operations", "expected"), DJANGO, ids=[operations for operations, _ in DJANGO])
def test_django(operations: str, expected: list[tuple[str, str]]) -> None:
    verdict = django_verdict(f"class Migration:\n    operations = [{operations}]\n", (), "shop", "postgres")
    assert [(one.kind, one.severity) for one in verdict.operations] == expected


def test_what_is_no_python_is_unparsed() -> None:
    assert alembic_verdict("def upgrade(:", "postgres").unparsed == 1
    assert django_verdict("class Migration(:", (), "shop", "postgres").unparsed == 1


def test_another_name_for_op() -> None:
    verdict = alembic_verdict(
        'from alembic import op as alembic\n\ndef upgrade():\n    alembic.drop_table("a")\n', "postgres"
    )
    assert [one.kind for one in verdict.operations] == ["drop_table"]


def test_renamed_fields_and_models_keep_their_past() -> None:
    earlier = """class Migration:
    operations = [
        migrations.CreateModel("A", [("b", models.TextField(null=True))]),
        migrations.RenameField("a", "b", "c"),
        migrations.RenameModel("A", "Z"),
    ]
"""
    later = 'class Migration:\n    operations = [migrations.AlterField("z", "c", models.TextField())]\n'
    assert [one.kind for one in django_verdict(later, [earlier], "shop", "postgres").operations] == ["set_not_null"]
