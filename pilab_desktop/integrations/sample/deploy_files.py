"""The first state of `payments-deploy`: one chart, a values file per environment, and a job beside it."""

CHART = "charts/payments"

CHART_YAML = """apiVersion: v2
name: payments
description: Everything that takes payments
type: application
version: 0.11.0
appVersion: "2"
"""

VALUES = """# Defaults; values-<environment>.yaml comes on top.
api:
  image:
    repository: registry.example.com/payments/api
    tag: "2.1.0"
  replicas: 1
  logLevel: info
  resources:
    requests: {cpu: 250m, memory: 512Mi}
    limits: {memory: 1Gi}
  env:
    - name: WEBHOOK_RETRIES
      value: "5"
    - name: JAVA_TOOL_OPTIONS
      value: -XX:MaxRAMPercentage=75
ledger:
  image:
    repository: registry.example.com/payments/ledger
    tag: "1.3.0"
  replicas: 1
web:
  image:
    repository: registry.example.com/payments/web
    tag: "3.6.0"
  replicas: 1
cache:
  image:
    repository: redis
    tag: "7.2"
    digest: sha256:0a1f9c3d5e7b2846ac10fd93be57284619fa0c3de8b7516240d9fb8ce13a7562
pooler:
  image:
    repository: edoburu/pgbouncer
    tag: "1.22.1"
telemetry:
  image:
    repository: otel/opentelemetry-collector
    tag: "0.103.1"
  sampling: 0.1
ingress:
  host: pay.example.com
  annotations:
    nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8
features:
  instantRefunds: false
  darkTheme: false
"""

API_TEMPLATE = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: payments-api
spec:
  replicas: {{ .Values.api.replicas }}
  selector:
    matchLabels: {app: payments-api}
  template:
    metadata:
      labels: {app: payments-api}
    spec:
      containers:
        - name: api
          image: "{{ .Values.api.image.repository }}:{{ .Values.api.image.tag }}"
          env:
            - name: LOG_LEVEL
              value: {{ .Values.api.logLevel | quote }}
            {{- toYaml .Values.api.env | nindent 12 }}
          resources:
            {{- toYaml .Values.api.resources | nindent 12 }}
        - name: cache
          image: "{{ .Values.cache.image.repository }}:{{ .Values.cache.image.tag }}@{{ .Values.cache.image.digest }}"
        - name: pooler
          image: "{{ .Values.pooler.image.repository }}:{{ .Values.pooler.image.tag }}"
"""

INGRESS_TEMPLATE = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: payments
  annotations:
    {{- toYaml .Values.ingress.annotations | nindent 4 }}
spec:
  rules:
    - host: {{ .Values.ingress.host }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service: {name: payments-web, port: {number: 80}}
"""


def plain_template(name: str) -> str:
    """A deployment of one container and nothing special."""
    return f"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: payments-{name}
spec:
  replicas: {{{{ .Values.{name}.replicas }}}}
  selector:
    matchLabels: {{app: payments-{name}}}
  template:
    metadata:
      labels: {{app: payments-{name}}}
    spec:
      containers:
        - name: {name}
          image: "{{{{ .Values.{name}.image.repository }}}}:{{{{ .Values.{name}.image.tag }}}}"
"""


SESSION_STORE = """apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: session-store
spec:
  serviceName: session-store
  replicas: 1
  selector:
    matchLabels: {app: session-store}
  template:
    metadata:
      labels: {app: session-store}
    spec:
      containers:
        - name: redis
          image: redis:7.2.4
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 5Gi
"""

RECONCILE_JOB = """apiVersion: batch/v1
kind: CronJob
metadata:
  name: reconcile
  namespace: payments
spec:
  schedule: "30 2 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: reconcile
              image: registry.example.com/payments/reconcile:1.4
              args: ["--day", "yesterday"]
"""

FRAUD_ENV = """            - name: LOG_LEVEL
              value: {{ .Values.api.logLevel | quote }}
            - name: FRAUD_SCORE_URL
              value: {{ .Values.fraud.endpoint | quote }}
"""


def values(environment: str, *, replicas: int, log_level: str, host: str) -> str:
    """The first `values-<environment>.yaml`: versions, size, name."""
    return f"""# {environment}
api:
  image: {{tag: "2.1.0"}}
  replicas: {replicas}
  logLevel: {log_level}
ledger:
  image: {{tag: "1.2.0"}}
  replicas: {max(1, replicas // 2)}
web:
  image: {{tag: "3.5.0"}}
  replicas: {max(1, replicas // 2)}
ingress:
  host: {host}
"""
