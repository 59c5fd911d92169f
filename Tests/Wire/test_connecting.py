"""TLS and SASL by configuration, and what is said of each way in which they can be wrong."""

import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from authority import Authority
from broker import BrokerProcess
from daemon import REPOSITORY, binary

PASSWORD = "correct horse"
WRONG_PASSWORD = "battery staple"
CONFIGURATION, UNAVAILABLE = 78, 69


@dataclass(frozen=True)
class Attempt:
    """Properties of the client against a door, and what `check --connect` has to say of them."""

    door: tuple[str, ...] = ()
    kafka: dict[str, str] = field(default_factory=dict)
    password: str | None = None
    code: int = 0
    says: str = "transactions: can be made as"


TLS = {"security.protocol": "ssl", "ssl.ca.location": "{ca}"}
OWN_CERTIFICATE = {"ssl.certificate.location": "{client}", "ssl.key.location": "{client}"}
SASL = {"security.protocol": "sasl_plaintext", "sasl.username": "retaind"}
SCRAM, PLAIN = ({**SASL, "sasl.mechanism": name} for name in ("SCRAM-SHA-256", "PLAIN"))
TLS_DOOR = ("--certificate", "{broker}")
MUTUAL_DOOR = (*TLS_DOOR, "--client-ca", "{ca}")
SASL_DOOR = ("--user", "retaind", "--password", PASSWORD)

ATTEMPTS = {
    "TLS with an authority of its own": Attempt(TLS_DOOR, TLS),
    "TLS with a client certificate": Attempt(MUTUAL_DOOR, TLS | OWN_CERTIFICATE),
    "SASL SCRAM": Attempt(SASL_DOOR, SCRAM, PASSWORD),
    "SASL PLAIN over TLS": Attempt(
        (*TLS_DOOR, *SASL_DOOR), PLAIN | TLS | {"security.protocol": "sasl_ssl"}, PASSWORD),
    "an unknown authority": Attempt(
        TLS_DOOR, TLS | {"ssl.ca.location": "{other}"}, code=CONFIGURATION,
        says="ssl.ca.location does not name the authority that signed the broker's certificate"),
    "a certificate for another name": Attempt(
        ("--certificate", "{elsewhere}"), TLS, code=CONFIGURATION,
        says="the certificate is for another name than bootstrap.servers says"),
    "no client certificate": Attempt(
        MUTUAL_DOOR, TLS, code=UNAVAILABLE, says="the broker may want a certificate of this client"),
    "an authority file that is not there": Attempt(
        TLS_DOOR, TLS | {"ssl.ca.location": "/nowhere.pem"}, code=CONFIGURATION, says="ssl.ca.location failed"),
    "TLS where the broker does not speak it": Attempt(
        (), TLS, code=UNAVAILABLE, says="no broker answered; check bootstrap.servers and security.protocol"),
    "no TLS where the broker speaks it": Attempt(
        TLS_DOOR, code=UNAVAILABLE, says="incorrect security.protocol configuration"),
    "a wrong password": Attempt(
        SASL_DOOR, SCRAM, WRONG_PASSWORD, CONFIGURATION,
        "check security.protocol, sasl.mechanism, the user name and the password"),
    "a wrong password, PLAIN": Attempt(
        SASL_DOOR, PLAIN, WRONG_PASSWORD, CONFIGURATION,
        "check security.protocol, sasl.mechanism, the user name and the password"),
    "a mechanism the broker has not": Attempt(
        SASL_DOOR, SASL | {"sasl.mechanism": "SCRAM-SHA-512"}, PASSWORD, CONFIGURATION,
        "broker's supported mechanisms: PLAIN,SCRAM-SHA-256"),
    "no credentials": Attempt(SASL_DOOR, code=UNAVAILABLE, says="broker might require SASL authentication"),
    "no permission on the group": Attempt(
        ("--deny", "group"), code=CONFIGURATION, says="grant this user Read on the group"),
    "no permission on the transactional id": Attempt(
        ("--deny", "transactional-id"), code=CONFIGURATION,
        says="grant this user Write and Describe on the transactional id"),
    "nobody there": Attempt(
        kafka={"bootstrap.servers": "127.0.0.1:1"}, code=UNAVAILABLE, says="Connection refused"),
    "a name that nobody knows": Attempt(
        kafka={"bootstrap.servers": "nobody.invalid:9092"}, code=UNAVAILABLE, says="Failed to resolve"),
    "a property that nobody knows": Attempt(
        kafka={"ssl.ca.lokation": "x"}, code=CONFIGURATION, says='there is no property "ssl.ca.lokation"'),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    directory = tmp_path_factory.mktemp("certificates")
    ours, other = Authority(directory, "ca"), Authority(directory, "other")
    return {name: str(path) for name, path in {
        "ca": ours.certificate, "other": other.certificate, "broker": ours.issue("broker", "IP:127.0.0.1"),
        "elsewhere": ours.issue("elsewhere", "DNS:elsewhere.example"), "client": ours.issue("client", "DNS:retaind"),
    }.items()}


def configuration(directory: Path, kafka: dict[str, str], password: str | None) -> Path:
    config = directory / "config"
    shutil.copytree(REPOSITORY / "Config", config)
    deployment = {"kafka": kafka, "stateDirectory": str(directory / "state"), "telemetry": {"listen": "off"}}
    if password is not None:
        (directory / "password").write_text(password + "\n")
        deployment["secretFiles"] = {"sasl.password": str(directory / "password")}
    (config / "retaind.json").write_text(json.dumps(deployment))
    return config


@pytest.fixture(scope="module")
def run(cluster, files, tmp_path_factory):
    """Runs a command of retaind on an attempt; all at once, because most of them wait for what does not come."""
    if not isinstance(cluster, BrokerProcess):
        pytest.skip("the doors stand before the tests' own broker")

    def run(command: tuple[str, ...], attempt: Attempt) -> subprocess.CompletedProcess:
        bootstrap = cluster.secure_bootstrap(*(part.format(**files) for part in attempt.door))
        kafka = {"bootstrap.servers": bootstrap}
        kafka |= {key: value.format(**files) for key, value in attempt.kafka.items()}
        config = configuration(tmp_path_factory.mktemp("attempt"), kafka, attempt.password)
        return subprocess.run(
            [binary(), *command, "--config-dir", config], capture_output=True, encoding="utf-8", timeout=120,
            check=False)

    with ThreadPoolExecutor(max_workers=len(ATTEMPTS) + len(RUNS)) as pool:
        jobs = {("check", name): pool.submit(run, ("check", "--connect"), ATTEMPTS[name]) for name in ATTEMPTS}
        jobs |= {("run", name): pool.submit(run, ("run",), ATTEMPTS[name]) for name in RUNS}
        yield lambda command, name: jobs[command, name].result()


RUNS = ("an unknown authority", "a wrong password", "no permission on the group")


@pytest.mark.parametrize("name", ATTEMPTS)
def test_what_is_wrong_with_a_connection_is_named_with_its_remedy(name, run):
    attempt, done = ATTEMPTS[name], run("check", name)
    assert done.returncode == attempt.code, done.stderr
    assert attempt.says in done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert WRONG_PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize("name", RUNS)
def test_run_ends_with_the_same_remedy(name, run):
    done = run("run", name)
    assert done.returncode == CONFIGURATION, done.stdout
    assert ATTEMPTS[name].says in done.stderr
