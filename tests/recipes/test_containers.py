"""Recipes with containers: what they set exists, is checked by a server of ours, and fits together."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from recipes.recipe import EXAMPLES, documents, schema_findings, settings_of

from mock_lusha import MockServer, Settings, __version__
from mock_lusha.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = f"ghcr.io/mock-lusha/mock-lusha:{__version__}"
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.is_file() and "node_modules" not in path.parts)
COMPOSE = sorted(str(path.relative_to(EXAMPLES)) for path in EXAMPLES.glob("*/compose*.yaml"))
ALONE = [path for path in COMPOSE if not path.startswith("replicas/")]
"""Those in which an application calls the double itself, and no proxy before it."""
KUBERNETES = ["kubernetes/mock-lusha.yaml", "kubernetes/redis.yaml", "kubernetes/replicas.yaml"]
SECRETS = {"kubernetes/redis.yaml": ["MOCK_LUSHA_CONTROL_TOKEN", "MOCK_LUSHA_STORE_SECRET"]}
DOUBLES = ("Deployment", "StatefulSet")


def double_of(path: str) -> dict[str, Any]:
    (document,) = documents(path)
    service: dict[str, Any] = document["services"]["lusha"]
    return service


def test_every_recipe_is_listed_and_says_on_top_what_it_is() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for path in FILES:
        if path.suffix in {".yaml", ".yml", ".conf", ".cfg"} or path.name == "devcontainer.json":
            assert path.read_text(encoding="utf-8").startswith(("# ", "// ")), path
    for folder in sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()):
        assert f"({folder}/" in page, folder
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page):
        assert (EXAMPLES / link).exists(), link


def test_every_recipe_takes_the_image_of_this_version() -> None:
    for path in FILES:
        for image in re.findall(r"\bghcr\.io/mock-lusha/\S+", path.read_text(encoding="utf-8")):
            assert image == IMAGE, path


@pytest.mark.parametrize("path", COMPOSE)
def test_a_compose_file_is_one_by_the_schema_of_compose(path: str) -> None:
    (document,) = documents(path)

    assert schema_findings("compose-spec", document) == []


@pytest.mark.parametrize("path", COMPOSE)
def test_the_double_of_a_compose_file_is_configured_and_asked_where_it_serves(
    path: str, tmp_path: Path
) -> None:
    double = double_of(path)
    settings = settings_of(double["environment"], tmp_path)
    kind, name, *words = double["healthcheck"]["test"]

    assert (kind, name) == ("CMD", "mock-lusha")
    main.commands[words[0]].make_context(words[0], words[1:]).close()
    assert [port.rpartition(":")[2] for port in double.get("ports", [])] in ([], [str(settings.port)])
    assert seconds(double["stop_grace_period"]) > settings.drain_delay + settings.grace
    assert double["read_only"]


def seconds(text: str) -> float:
    assert text.endswith("s")
    return float(text.removesuffix("s"))


@pytest.mark.parametrize("path", ALONE)
def test_an_application_waits_until_the_double_is_healthy_and_calls_it_where_it_is(path: str) -> None:
    (document,) = documents(path)
    app, double = (document["services"][name] for name in ("app", "lusha"))
    tls = double["environment"].get("MOCK_LUSHA_TLS") == "true"

    assert app["depends_on"] == {"lusha": {"condition": "service_healthy"}}
    assert app["environment"].get("LUSHA_BASE_URL") == (None if tls else f"http://lusha:{Settings().port}")


def test_the_double_with_tls_has_the_name_the_port_and_a_folder_that_is_shared() -> None:
    (document,) = documents("compose/compose.tls.yaml")
    app, double = (document["services"][name] for name in ("app", "lusha"))

    assert double["networks"]["default"]["aliases"] == ["api.lusha.com"]
    assert double["environment"]["MOCK_LUSHA_PORT"] == "443"
    assert double["volumes"] == [f"ca:{double['environment']['MOCK_LUSHA_TLS_FOLDER']}"]
    assert app["volumes"] == ["ca:/ca:ro"]
    assert app["environment"]["CURL_CA_BUNDLE"] == "/ca/ca.pem"


def test_fixtures_and_scenario_of_the_compose_file_do_what_its_application_asks_for() -> None:
    folder = EXAMPLES / "compose"
    (document,) = documents("compose/compose.yaml")
    app = document["services"]["app"]
    path, body = re.findall(r"BASE_URL(/\S+?)\".*-d '(.*)'", app["command"][-1])[0]
    settings = Settings(
        port=0, people=0, companies=1, fixtures=folder / "fixtures", scenarios=folder / "scenarios"
    )
    with MockServer(settings) as server:
        headers = {"api_key": app["environment"]["LUSHA_API_KEY"], "content-type": "application/json"}
        answer = httpx.post(server.url + path, content=body, headers=headers)
        failing = {**headers, "x-mock-lusha-scenario": "every-third-fails"}
        statuses = [
            httpx.post(server.url + path, content=body, headers=failing).status_code for _ in range(3)
        ]

    assert "noor@lantern-press.example" in answer.text
    assert statuses == [200, 200, 500]


def test_the_dev_container_is_made_of_services_that_are_there() -> None:
    text = (EXAMPLES / "devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    (compose,) = documents(f"devcontainer/{container['dockerComposeFile']}")
    app = compose["services"][container["service"]]

    assert container["forwardPorts"] == list(container["portsAttributes"]) == [f"lusha:{Settings().port}"]
    assert container["workspaceFolder"] in app["volumes"][0]
    assert app["environment"]["MOCK_LUSHA_URL"] == app["environment"]["LUSHA_BASE_URL"]
    assert (
        app["environment"]["MOCK_LUSHA_CONTROL_TOKEN"]
        == double_of("devcontainer/compose.yaml")["environment"]["MOCK_LUSHA_CONTROL_TOKEN"]
    )


def one(path: str, *kinds: str, name: str = "mock-lusha") -> dict[str, Any]:
    (found,) = [
        document
        for document in documents(path)
        if document["kind"] in kinds and document["metadata"]["name"] == name
    ]
    return found


@pytest.mark.parametrize("path", KUBERNETES)
def test_a_pod_has_the_settings_probes_and_time_that_the_double_needs(path: str, tmp_path: Path) -> None:
    data = one(path, "ConfigMap")["data"]
    settings = settings_of(data, tmp_path)
    pod = one(path, *DOUBLES)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    secrets = [each["name"] for each in container["env"] if "secretKeyRef" in each["valueFrom"]]
    probes = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")}

    assert container["envFrom"] == [{"configMapRef": {"name": "mock-lusha"}}]
    assert secrets == SECRETS.get(path, ["MOCK_LUSHA_CONTROL_TOKEN"])
    assert container["ports"] == [{"name": "http", "containerPort": settings.port}]
    assert {kind: probe["path"] for kind, probe in probes.items()} == {
        "startup": "/_mock/ready",
        "readiness": "/_mock/ready",
        "liveness": "/_mock/health",
    }
    assert {probe["port"] for probe in probes.values()} == {"http"}
    assert pod["terminationGracePeriodSeconds"] > settings.drain_delay + settings.grace
    readiness = container["readinessProbe"]
    assert settings.drain_delay > readiness["periodSeconds"] * readiness["failureThreshold"]


@pytest.mark.parametrize("path", KUBERNETES)
def test_a_pod_may_do_nothing_and_its_service_sets_no_setting(path: str) -> None:
    for document in documents(path):
        if document["kind"] not in DOUBLES:
            continue
        pod = document["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["runAsUser"] != 10001  # any user will do, not that of the image alone
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        # A Service `mock-lusha` is the variable MOCK_LUSHA_PORT in every pod that does not say so.
        assert "proxy" in document["metadata"]["name"] or pod["enableServiceLinks"] is False


@pytest.mark.parametrize("path", KUBERNETES)
def test_every_service_leads_to_a_pod_and_a_port_that_are_there(path: str) -> None:
    templates = [document["spec"]["template"] for document in documents(path) if document["kind"] in DOUBLES]
    labels = [template["metadata"]["labels"] for template in templates]
    names = [{"statefulset.kubernetes.io/pod-name": f"mock-lusha-{number}"} for number in range(2)]
    ports = {port["name"] for template in templates for port in template["spec"]["containers"][0]["ports"]}

    services = [document["spec"] for document in documents(path) if document["kind"] == "Service"]

    assert services
    for service in services:
        assert service["selector"] in labels + names
        assert {port["targetPort"] for port in service["ports"]} <= ports


def test_pinned_people_of_the_config_map_are_a_fixtures_file(tmp_path: Path) -> None:
    files = one("kubernetes/mock-lusha.yaml", "ConfigMap", name="mock-lusha-fixtures")["data"]
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with MockServer(Settings(port=0, people=0, companies=1, fixtures=tmp_path)) as server:
        found = httpx.get(f"{server.url}/_mock/person?find=noor@lantern-press.example").json()

    assert "Haddad" in json.dumps(found)


def test_replicas_are_as_many_as_the_proxies_know() -> None:
    replicas = one("kubernetes/replicas.yaml", "StatefulSet")["spec"]["replicas"]
    single = one("kubernetes/mock-lusha.yaml", "Deployment")["spec"]

    for name in ("nginx.conf", "haproxy.cfg"):
        text = (EXAMPLES / "proxy" / name).read_text(encoding="utf-8")
        servers = re.findall(r"^ +server (?:\S+ )?(mock-lusha-\d):8080", text, re.MULTILINE)
        assert servers == [f"mock-lusha-{number}" for number in range(replicas)], name
    assert (single["replicas"], single["strategy"]) == (1, {"type": "Recreate"})


def test_prometheus_is_let_in_with_the_token_of_the_secret(tmp_path: Path) -> None:
    (document,) = documents("kubernetes/prometheus.yaml")
    (job,) = document["scrape_configs"]
    ((header, value),) = job["http_headers"].items()
    reference = one("kubernetes/mock-lusha.yaml", "Deployment")["spec"]["template"]["spec"]
    secret = reference["containers"][0]["env"][0]["valueFrom"]["secretKeyRef"]

    with MockServer(Settings(port=0, people=0, companies=1, control_token="the-token")) as server:
        url = server.url + job["metrics_path"]
        statuses = [httpx.get(url, headers=headers).status_code for headers in ({}, {header: "the-token"})]

    assert statuses == [401, 200]
    assert value["files"] == [f"/etc/prometheus/secrets/{secret['name']}/{secret['key']}"]
    label = job["kubernetes_sd_configs"][0]["selectors"][0]["label"]
    assert (
        yaml.safe_load(label.replace("=", ": "))
        == one("kubernetes/mock-lusha.yaml", "Deployment")["metadata"]["labels"]
    )
