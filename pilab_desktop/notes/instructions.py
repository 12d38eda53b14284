"""The steps of a deployment: the six of the house's template, each with what this release makes of it."""

from collections.abc import Sequence

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.drift import Direction, DriftReport, DriftType, SubModuleDrift
from pilab_desktop.domain.release_note import ConfigurationChange
from pilab_desktop.domain.words import counted, listed
from pilab_desktop.notes.changes import Migration

_SHOWN = 12


def instructions_for(
    report: DriftReport,
    migrations: Sequence[Migration],
    configuration: Sequence[ConfigurationChange],
    missing: Sequence[str],
) -> tuple[str, ...]:
    """What to do, in order. Steps that have nothing to act on are left out; nothing to deploy means no steps at all.

    Migrations run before the roll-out, except those that drop or rename what the running code still names: they wait
    until the new code is everywhere (semantics.md §5).
    """
    target = str(report.target)
    running = [migration for migration in migrations if migration.runs]
    late = [migration for migration in running if migration.still_named_in]
    early = [migration for migration in running if not migration.still_named_in]
    roll_out = _roll_out(report.sub_modules)
    infrastructure = _infrastructure(report)
    if not (running or roll_out or configuration or missing or infrastructure):
        return ()
    steps = [
        *_before(report, migrations, target),
        *_variables(configuration, missing, target),
        *_backup(running),
        *_migrate(early, "Apply the database migrations before the roll-out"),
        *infrastructure,
        *roll_out,
        *_migrate(late, "Only once no instance of the old code runs, apply what it still names"),
        "Verify the health checks.",
        "Run the smoke tests.",
    ]
    return tuple(steps)


def _before(report: DriftReport, migrations: Sequence[Migration], target: str) -> list[str]:
    steps = ["Verify that all prerequisites are met."]
    lost = [item for item in report.items if item.category == "missing_in_source" and not item.decided]
    if lost:
        what = listed([f"`{str(item.metadata.get('short_sha', ''))[:7]}` {item.description}" for item in lost[:3]])
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        steps.append(f"Bring back first what only {target} has, or this promotion loses it: {what}{more}.")
    edited = [migration for migration in migrations if migration.state == "EDITED"]
    if edited:
        verb = "was" if len(edited) == 1 else "were"
        steps.append(f"Stop: {_paths(edited)} {verb} changed after {target} may have applied it. Settle this first.")
    doubled = [migration for migration in migrations if migration.state == "DUPLICATE"]
    if doubled:
        steps.append(f"Stop: more than one migration claims the same place: {_paths(doubled)}. Settle this first.")
    return steps


def _variables(configuration: Sequence[ConfigurationChange], missing: Sequence[str], target: str) -> list[str]:
    steps = []
    if missing:
        names = listed([f"`{name}`" for name in missing[:_SHOWN]])
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        steps.append(f"Set in {target} what the new code reads and {target} does not have: {names}{more}.")
    if configuration:
        # The ends may differ because they are different places: the source's addresses are not to be copied blindly.
        differ = counted(len(configuration), "configuration difference")
        steps.append(f"Go through the {differ} listed above, and set in {target} what belongs to this release.")
    return steps


def _backup(running: Sequence[Migration]) -> list[str]:
    if not running:
        return []
    destructive = [migration for migration in running if migration.destructive]
    one_way = [migration for migration in running if not migration.change.reversible]
    sentence = "Take a database backup."
    if destructive:
        sentence = f"Take a database backup and try to restore it: {_paths(destructive)} can destroy data."
    if one_way:
        sentence += f" {counted(len(one_way), 'migration')} cannot be undone; going back means restoring this backup."
    return [sentence]


def _migrate(migrations: Sequence[Migration], sentence: str) -> list[str]:
    if not migrations:
        return []
    step = f"{sentence}: {_paths(migrations)}."
    locking = [migration for migration in migrations if migration.locking]
    if locking:
        verb = "locks" if len(locking) == 1 else "lock"
        step += f" Choose a quiet hour: {_paths(locking)} {verb} tables that are in use."
    out_of_order = [migration for migration in migrations if migration.state == "OUT_OF_ORDER"]
    if out_of_order:
        one = len(out_of_order) == 1
        verb, missed = ("comes", "allow it out of order, or it is") if one else ("come", "allow them, or they are")
        step += f" {_paths(out_of_order)} {verb} before one that was applied; {missed} skipped."
    return [step]


def _infrastructure(report: DriftReport) -> list[str]:
    changes = [
        item
        for item in report.items
        if item.type is DriftType.INFRASTRUCTURE
        and not item.decided
        and item.category not in {"unresolved_version", "sub_module_only_in_source", "sub_module_only_in_target"}
    ]
    if not changes:
        return []
    removed = [item for item in changes if item.direction is Direction.TARGET_ONLY]
    extra = f", {len(removed)} of them removals" if removed else ""
    return [f"Apply {counted(len(changes), 'infrastructure change')}{extra}."]


def _roll_out(sub_modules: Sequence[SubModuleDrift]) -> list[str]:
    moving = [
        drift
        for drift in sub_modules
        if drift.relation not in {Relation.SAME, Relation.ONLY_IN_TARGET, Relation.UNRESOLVED}
    ]
    names = list(dict.fromkeys(_step(drift) for drift in sorted(moving, key=lambda drift: drift.sub_module)))
    if not names:
        return []
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return [f"Deploy {listed(names[:_SHOWN])}{more}."]


def _step(drift: SubModuleDrift) -> str:
    version = drift.source_version or (drift.source_commit or "")[:7]
    now = drift.target_version or (drift.target_commit or "")[:7]
    if drift.relation is Relation.ONLY_IN_SOURCE:
        return f"{drift.sub_module} {version} (for the first time)"
    return f"{drift.sub_module} {version} (now {now})" if now else f"{drift.sub_module} {version}"


def _paths(migrations: Sequence[Migration]) -> str:
    names = [f"`{migration.change.path}`" for migration in migrations]
    if len(names) <= 3:
        return listed(names)
    return f"{listed(names[:2], last=', ')} and {len(names) - 2} more"
