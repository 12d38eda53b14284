"""What the workspace records beside the repositories: environments, what was deployed when, and their variables."""

from collections.abc import Iterator, Mapping

from pilab_desktop.domain.drift import DriftType
from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.domain.project import SubModuleType
from pilab_desktop.integrations.sample.history import History
from pilab_desktop.integrations.sample.model import (
    SampleDeployment,
    SampleEnvironment,
    SampleExpectedDifference,
    SampleSubModule,
    SampleVariable,
)

SUB_MODULES = (
    SampleSubModule(
        name="payments-api",
        type=SubModuleType.BACKEND,
        repository="payments-api",
        path="",
        description="Takes payments, captures and refunds them",
    ),
    SampleSubModule(
        name="ledger",
        type=SubModuleType.BACKEND,
        repository="payments-platform",
        path="services/ledger",
        description="Double-entry ledger",
    ),
    SampleSubModule(
        name="web",
        type=SubModuleType.FRONTEND,
        repository="payments-platform",
        path="web",
        description="Merchants' front end",
    ),
    SampleSubModule(
        name="payments-deploy",
        type=SubModuleType.INFRASTRUCTURE,
        repository="payments-deploy",
        path="",
        description="The chart that runs it all",
    ),
)

_PATH = (
    ("DEV", "dev", Stage.DEV),
    ("SIT", "sit", Stage.SIT),
    ("UAT", "uat", Stage.UAT),
    ("Pre-Prod", "pre-prod", Stage.PRE_PROD),
    ("PROD", "prod", Stage.PROD),
)

ENVIRONMENTS = tuple(
    SampleEnvironment(
        name=name,
        slug=slug,
        stage=stage,
        order=order,
        is_production=stage is Stage.PROD,
        promotes_to=_PATH[order + 1][1] if order + 1 < len(_PATH) else None,
    )
    for order, (name, slug, stage) in enumerate(_PATH)
)

EXPECTED_DIFFERENCES = (
    SampleExpectedDifference(
        path_pattern="*replicas*",
        type=DriftType.CONFIG,
        sub_module="payments-deploy",
        reason="Production is larger than the other environments.",
    ),
    SampleExpectedDifference(
        path_pattern="*ingress.host*",
        type=DriftType.CONFIG,
        sub_module="payments-deploy",
        reason="Every environment has a host name of its own.",
    ),
)

# Days before the sample's day and the time in UTC, environment, sub-module, version, status, by whom. A version that
# begins with "@" is no tag: what follows is a branch and a moment, and the commit there is what was deployed.
_DEPLOYMENTS = """
48 18:00 | prod     | payments-api    | 2.1.0      | DEPLOYED    | Tom Whitfield
48 18:05 | prod     | ledger          | 1.3.0      | DEPLOYED    | Tom Whitfield
48 18:10 | prod     | web             | 3.6.0      | DEPLOYED    | Tom Whitfield
47 09:30 | dev      | payments-api    | 2.2.0      | DEPLOYED    | ci
47 09:35 | dev      | ledger          | 1.3.0      | DEPLOYED    | ci
47 09:40 | dev      | web             | 3.6.0      | DEPLOYED    | ci
46 10:35 | sit      | payments-api    | 2.2.0      | DEPLOYED    | ci
46 10:40 | sit      | ledger          | 1.3.0      | DEPLOYED    | ci
46 10:45 | sit      | web             | 3.6.0      | DEPLOYED    | ci
45 10:35 | uat      | payments-api    | 2.2.0      | DEPLOYED    | Zoë Okonkwo
45 10:40 | uat      | ledger          | 1.3.0      | DEPLOYED    | Zoë Okonkwo
45 10:45 | uat      | web             | 3.6.0      | DEPLOYED    | Zoë Okonkwo
44 11:05 | pre-prod | payments-api    | 2.2.0      | DEPLOYED    | Tom Whitfield
43 20:00 | prod     | payments-api    | 2.2.0      | DEPLOYED    | Tom Whitfield
42 14:00 | prod     | payments-deploy | 0.12.0     | DEPLOYED    | Tom Whitfield
42 14:10 | pre-prod | payments-deploy | 0.12.0     | DEPLOYED    | Tom Whitfield
42 14:20 | uat      | payments-deploy | 0.12.0     | DEPLOYED    | Zoë Okonkwo
40 15:00 | dev      | payments-api    | 2.3.0      | DEPLOYED    | ci
40 15:05 | dev      | ledger          | 1.4.0      | DEPLOYED    | ci
40 15:10 | dev      | web             | 3.7.0      | DEPLOYED    | ci
39 10:00 | sit      | payments-api    | 2.3.0      | FAILED      | ci
39 11:20 | sit      | payments-api    | 2.3.0      | DEPLOYED    | ci
39 11:25 | sit      | ledger          | 1.4.0      | DEPLOYED    | ci
39 11:30 | sit      | web             | 3.7.0      | DEPLOYED    | ci
37 10:30 | uat      | payments-api    | 2.3.0      | DEPLOYED    | Zoë Okonkwo
37 10:35 | uat      | ledger          | 1.4.0      | DEPLOYED    | Zoë Okonkwo
37 10:40 | uat      | web             | 3.7.0      | DEPLOYED    | Zoë Okonkwo
36 11:00 | pre-prod | payments-api    | 2.3.0      | DEPLOYED    | Tom Whitfield
36 11:05 | pre-prod | ledger          | 1.4.0      | DEPLOYED    | Tom Whitfield
34 20:00 | prod     | payments-api    | 2.3.1      | DEPLOYED    | Tom Whitfield
34 20:05 | prod     | ledger          | 1.4.0      | DEPLOYED    | Tom Whitfield
34 20:10 | prod     | web             | 3.7.0      | DEPLOYED    | Tom Whitfield
30 20:15 | prod     | web             | 3.7.1      | DEPLOYED    | Tom Whitfield
21 23:50 | prod     | web             | 3.7.2      | DEPLOYED    | Tom Whitfield
14 15:00 | sit      | payments-api    | 2.4.0-rc.1 | DEPLOYED    | ci
14 15:10 | sit      | ledger          | 1.5.0      | DEPLOYED    | ci
13 14:00 | pre-prod | payments-api    | 2.4.0-rc.1 | ROLLED_BACK | Tom Whitfield
13 16:00 | pre-prod | payments-api    | 2.3.2      | DEPLOYED    | Tom Whitfield
12 20:00 | prod     | payments-api    | 2.3.2      | DEPLOYED    | Tom Whitfield
12 20:40 | prod     | payments-deploy | 0.13.0     | DEPLOYED    | Tom Whitfield
12 20:50 | pre-prod | payments-deploy | 0.13.0     | DEPLOYED    | Tom Whitfield
11 18:00 | uat      | payments-api    | 2.4.0-rc.1 | FAILED      | Zoë Okonkwo
10 16:00 | uat      | payments-api    | 2.4.0-rc.2 | DEPLOYED    | Zoë Okonkwo
10 16:05 | uat      | ledger          | 1.5.0      | DEPLOYED    | Zoë Okonkwo
10 16:10 | uat      | web             | 3.8.0      | DEPLOYED    | Zoë Okonkwo
10 16:30 | uat      | payments-deploy | 0.14.0     | DEPLOYED    | Zoë Okonkwo
8 14:00  | sit      | payments-api    | 2.4.0-rc.3 | DEPLOYED    | ci
8 14:05  | sit      | ledger          | 1.6.0-rc.1 | DEPLOYED    | ci
8 14:10  | sit      | web             | 3.8.0      | DEPLOYED    | ci
8 14:20  | sit      | payments-deploy | @8 14:00   | DEPLOYED    | ci
6 11:00  | pre-prod | ledger          | 1.5.0      | FAILED      | Tom Whitfield
4 14:00  | dev      | payments-api    | nightly    | DEPLOYED    | ci
4 14:05  | dev      | ledger          | @5 12:00   | DEPLOYED    | ci
3 14:10  | dev      | web             | @3 13:30   | DEPLOYED    | ci
3 14:20  | dev      | payments-deploy | @3 10:00   | DEPLOYED    | ci
1 17:00  | prod     | web             | 3.8.0      | PENDING     | Tom Whitfield
"""

_TAG_OF = {"payments-api": "v{}", "ledger": "ledger-v{}", "web": "web-v{}", "payments-deploy": "v{}"}

# Key, then the value in dev, sit, uat, pre-prod and prod; "-" where it is not set. A key or a single value that is
# marked with "*" is a secret; nothing between the bars is an empty value. All of them are made up.
_VARIABLES = """
LOG_LEVEL               | debug          | debug          | info           | info           | warn
WEBHOOK_RETRIES         | 2              | 3              | 5              | 5              | 8
PAYMENT_GATEWAY_URL     | https://gateway.dev.pay.example.com/ | https://gateway.sit.pay.example.com/ \
| https://gateway.uat.pay.example.com/ | https://gateway.pre.pay.example.com/ | https://gateway.pay.example.com/
REDIS_URL               | redis://cache.dev:6379/0 | redis://cache.sit:6379/0 | redis://cache.uat:6379/1 \
| redis://cache.pre:6379/0 | redis://cache.prod:6379/0
FRAUD_SCORE_URL         | https://fraud.dev.pay.example.com/score | https://fraud.sit.pay.example.com/score \
| https://fraud.uat.pay.example.com/score | - | -
FEATURE_INSTANT_REFUND  | true           | true           | true           | false          | false
STATEMENT_BUCKET        | pay-dev        | pay-sit        | pay-uat        | -              | -
JVM_HEAP                | 512m           | 512m           | 1g             | 2g             | 2g
SENTRY_DSN              | https://dev@errors.example.com/4 | https://sit@errors.example.com/4 \
| https://uat@errors.example.com/4 | *made-up-dsn-pre | *made-up-dsn-prod
DATABASE_URL*           | postgresql://made-up-dev | postgresql://made-up-sit | postgresql://made-up-uat \
| postgresql://made-up-pre | postgresql://made-up-prod
GATEWAY_API_KEY*        | made-up-key-dev | made-up-key-dev | made-up-key-uat | made-up-key-pre | made-up-key-prod
WEBHOOK_SIGNING_SECRET* | made-up-shared | made-up-sit    | made-up-uat    | made-up-pre    | made-up-shared
STATEMENT_TOKEN*        | made-up-same   | made-up-same   | made-up-same   | made-up-same   | made-up-same
SMTP_PASSWORD*          | -              | -              | -              | made-up-pre    | made-up-prod
LEGACY_EXPORT_TOKEN*    | -              | -              |                | -              | made-up-prod
"""


def deployments(histories: Mapping[str, History]) -> Iterator[SampleDeployment]:
    """The deployment history, oldest first; `histories` are by repository."""
    repositories = {sub_module.name: histories[sub_module.repository] for sub_module in SUB_MODULES}
    for line in _DEPLOYMENTS.strip().splitlines():
        when, environment, sub_module, version, status, by = (cell.strip() for cell in line.split("|"))
        history = repositories[sub_module]
        sha = None
        if version.startswith("@"):
            sha = history.as_of(version.removeprefix("@")).sha
            version = f"main-{sha[:12]}"
        elif sub_module == "payments-deploy":
            sha = history.at(tag_of(sub_module, version)).sha
        has_image = sub_module != "payments-deploy"
        yield SampleDeployment(
            environment=environment,
            sub_module=sub_module,
            version=version,
            commit_sha=None if has_image else sha,
            image_tag=version if has_image else None,
            status=DeploymentStatus(status),
            deployed_at=history.moment(when),
            deployed_by=by,
        )


def tag_of(sub_module: str, version: str) -> str:
    """The tag that a sub-module's version stands for."""
    return _TAG_OF[sub_module].format(version)


def variables() -> Iterator[SampleVariable]:
    """Every environment's variables; an environment that lacks one has no entry for it."""
    for line in _VARIABLES.strip().splitlines():
        key, *values = (cell.strip() for cell in line.split("|"))
        for environment, value in zip(ENVIRONMENTS, values, strict=True):
            if value != "-":
                yield SampleVariable(
                    environment=environment.slug,
                    key=key.removesuffix("*"),
                    value=value.removeprefix("*"),
                    is_secret=key.endswith("*") or value.startswith("*"),
                )
