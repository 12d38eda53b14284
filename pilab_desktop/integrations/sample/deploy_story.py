"""The history of `payments-deploy`: one line, where every deployment is a commit to an environment's values."""

from datetime import datetime

from pilab_desktop.integrations.sample import deploy_files as files
from pilab_desktop.integrations.sample.edits import Append, Edit, Remove, Swap, Write
from pilab_desktop.integrations.sample.history import History, Node, Person
from pilab_desktop.integrations.sample.people import INES, LUKASZ, MAYA, RAJ, TOM, ZOE

_C = files.CHART


def payments_deploy(day: datetime) -> History:
    """The whole story. Production runs v0.13.0 of the chart, UAT v0.14.0, SIT and DEV commits of main."""
    history = History("payments-deploy", day)
    _chart(history)
    _first_rounds(history)
    _up_to_production(history)
    _up_to_uat(history)
    _up_to_now(history)
    return history


def _chart(history: History) -> None:
    sizes = (
        ("dev", 1, "debug", "dev.pay.example.com"),
        ("sit", 1, "debug", "sit.pay.example.com"),
        ("uat", 2, "info", "uat.pay.example.com"),
        ("pre-prod", 2, "info", "pre.pay.example.com"),
        ("prod", 6, "warn", "pay.example.com"),
    )
    history.commit(
        "74 16:00",
        TOM,
        "One chart for all of payments",
        Write(f"{_C}/Chart.yaml", files.CHART_YAML),
        Write(f"{_C}/values.yaml", files.VALUES),
        Write(f"{_C}/templates/api.yaml", files.API_TEMPLATE),
        Write(f"{_C}/templates/ledger.yaml", files.plain_template("ledger")),
        Write(f"{_C}/templates/web.yaml", files.plain_template("web")),
        Write(f"{_C}/templates/ingress.yaml", files.INGRESS_TEMPLATE),
        Write(f"{_C}/templates/session-store.yaml", files.SESSION_STORE),
        Write("jobs/reconcile.yaml", files.RECONCILE_JOB),
        *(
            Write(
                f"{_C}/values-{name}.yaml",
                files.values(name, replicas=count, log_level=level, host=host),
            )
            for name, count, level, host in sizes
        ),
    )
    history.commit(
        "60 10:00",
        RAJ,
        "PAY-110 Keep the reconcile job's history for a week",
        Swap(
            "jobs/reconcile.yaml",
            "  concurrencyPolicy: Forbid",
            "  concurrencyPolicy: Forbid\n  successfulJobsHistoryLimit: 7",
        ),
    )


def _bump(history: History, when: str, who: Person, environment: str, **versions: tuple[str, str]) -> Node:
    """A deployment as people here make it: the new version in the environment's values."""
    edits: tuple[Edit, ...] = tuple(
        Swap(
            f"{_C}/values-{environment}.yaml",
            f'{part}:\n  image: {{tag: "{old}"}}',
            f'{part}:\n  image: {{tag: "{new}"}}',
        )
        for part, (old, new) in versions.items()
    )
    what = ", ".join(f"{part} {new}" for part, (_, new) in versions.items())
    return history.commit(when, who, f"deploy({environment}): {what}", *edits)


def _first_rounds(history: History) -> None:
    new = {"api": ("2.1.0", "2.2.0"), "ledger": ("1.2.0", "1.3.0"), "web": ("3.5.0", "3.6.0")}
    _bump(history, "49 09:00", LUKASZ, "dev", **new)
    _bump(history, "48 10:00", LUKASZ, "sit", **new)
    _bump(history, "46 10:30", ZOE, "uat", **new)
    _bump(history, "44 11:00", TOM, "pre-prod", **new)
    _bump(history, "43 20:00", TOM, "prod", **new)
    history.commit(
        "42 13:00",
        MAYA,
        "chore: chart 0.12.0",
        Swap(f"{_C}/Chart.yaml", "version: 0.11.0", "version: 0.12.0"),
    )
    history.tag("v0.12.0", TOM)


def _up_to_production(history: History) -> None:
    new = {"api": ("2.2.0", "2.3.0"), "ledger": ("1.3.0", "1.4.0"), "web": ("3.6.0", "3.7.0")}
    _bump(history, "40 15:00", LUKASZ, "dev", **new)
    _bump(history, "39 10:00", LUKASZ, "sit", **new)
    _bump(history, "37 10:30", ZOE, "uat", **new)
    _bump(history, "36 11:00", TOM, "pre-prod", **new)
    _bump(history, "34 20:00", TOM, "prod", api=("2.2.0", "2.3.1"), ledger=("1.3.0", "1.4.0"), web=("3.6.0", "3.7.0"))
    _bump(history, "30 20:15", TOM, "prod", web=("3.7.0", "3.7.1"))
    _bump(history, "21 23:50", TOM, "prod", web=("3.7.1", "3.7.2"))
    history.commit(
        "20 09:30",
        RAJ,
        "PAY-110 More memory for the api before the sale",
        Append(f"{_C}/values-prod.yaml", "features:\n  saleBanner: true\n"),
        Swap(f"{_C}/values-prod.yaml", "  logLevel: warn", "  logLevel: warn\n  resources:\n    limits: {memory: 2Gi}"),
    )
    _bump(history, "12 20:00", TOM, "prod", api=("2.3.1", "2.3.2"))
    history.commit(
        "12 20:30", TOM, "chore: chart 0.13.0", Swap(f"{_C}/Chart.yaml", "version: 0.12.0", "version: 0.13.0")
    )
    history.tag("v0.13.0", TOM, message="payments-deploy 0.13.0")


def _up_to_uat(history: History) -> None:
    history.commit(
        "12 21:00",
        LUKASZ,
        "PAY-134 Tell the api where the fraud service is",
        Swap(
            f"{_C}/templates/api.yaml",
            "            - name: LOG_LEVEL\n              value: {{ .Values.api.logLevel | quote }}\n",
            files.FRAUD_ENV,
        ),
        *(
            Append(f"{_C}/values-{name}.yaml", f"fraud:\n  endpoint: https://fraud.{name}.pay.example.com/score\n")
            for name in ("dev", "sit", "uat")
        ),
    )
    history.commit(
        "11 09:00",
        ZOE,
        "PAY-152 Move sessions to the managed Redis",
        Remove(f"{_C}/templates/session-store.yaml"),
    )
    history.commit(
        "11 09:40",
        RAJ,
        "Rebuilt cache image",
        Swap(
            f"{_C}/values.yaml",
            "sha256:0a1f9c3d5e7b2846ac10fd93be57284619fa0c3de8b7516240d9fb8ce13a7562",
            "sha256:c4d81e60b92f7a35e1d04c87fa6b2395d8017ec4ba5963f20e8ad417b6c50f98",
        ),
    )
    history.commit(
        "11 10:15",
        RAJ,
        "Follow the pooler",
        Swap(f"{_C}/values.yaml", 'pgbouncer\n    tag: "1.22.1"', "pgbouncer\n    tag: latest"),
    )
    history.commit(
        "11 11:00",
        RAJ,
        "fix: go back to the collector that did not leak",
        Swap(f"{_C}/values.yaml", 'tag: "0.103.1"', 'tag: "0.98.0"'),
    )
    history.commit(
        "11 13:30",
        INES,
        "PAY-147 Let UAT try instant refunds",
        Append(f"{_C}/values-uat.yaml", "features:\n  instantRefunds: true\n"),
    )
    history.commit(
        "10 15:00",
        ZOE,
        "Let the auditors reach UAT",
        Append(
            f"{_C}/values-uat.yaml",
            "telemetry:\n  sampling: 1.0\n",
        ),
        Swap(f"{_C}/values.yaml", "whitelist-source-range: 10.0.0.0/8", "whitelist-source-range: 0.0.0.0/0"),
    )
    _bump(
        history, "10 16:00", ZOE, "uat", api=("2.3.0", "2.4.0-rc.2"), ledger=("1.4.0", "1.5.0"), web=("3.7.0", "3.8.0")
    )
    history.commit(
        "10 16:20", TOM, "chore: chart 0.14.0", Swap(f"{_C}/Chart.yaml", "version: 0.13.0", "version: 0.14.0")
    )
    history.tag("v0.14.0", TOM, message="payments-deploy 0.14.0")


def _up_to_now(history: History) -> None:
    _bump(
        history,
        "8 14:00",
        LUKASZ,
        "sit",
        api=("2.3.0", "2.4.0-rc.3"),
        ledger=("1.4.0", "1.6.0-rc.1"),
        web=("3.7.0", "3.8.0"),
    )
    _bump(history, "4 14:00", LUKASZ, "dev", api=("2.3.0", "nightly"))
    history.commit(
        "3 10:00",
        MAYA,
        "PAY-158 Limit the ledger's memory",
        Append(f"{_C}/values-dev.yaml", "telemetry:\n  sampling: 1.0\n"),
    )
