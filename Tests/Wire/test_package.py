"""The Debian package: what is in it, that it is clean, and that its unit is well locked up."""

import re
import subprocess

import pytest

from daemon import REPOSITORY


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    done = subprocess.run(
        [REPOSITORY / "deploy" / "package", tmp_path_factory.mktemp("package")], capture_output=True, text=True,
        timeout=1500, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.strip()


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_clean(package):
    # As root it says that it should not be.
    assert run("lintian", "--fail-on", "error,warning", "--allow-root", package) == ""


def test_it_installs_what_it_should_and_the_configuration_as_conffiles(package, tmp_path):
    run("dpkg-deb", "--raw-extract", package, str(tmp_path))
    conffiles = (tmp_path / "DEBIAN" / "conffiles").read_text().split()
    assert sorted(conffiles) == [
        f"/etc/retaind/{name}" for name in ("retaind.json", "rules.json", "wording.en.json", "wording.zh-Hans.json")]
    for path in ("usr/bin/retaind", "lib/systemd/system/retaind.service", "lib/systemd/system/retaind@.service",
                 "usr/share/man/man8/retaind.8.gz", "usr/share/retaind/schemas/notification.schema.json",
                 "usr/share/retaind/prometheus/alerts.yml", "usr/share/doc/retaind/copyright"):
        assert (tmp_path / path).is_file(), path
    version = run(str(tmp_path / "usr/bin/retaind"), "version").split()[1]
    assert f"Version: {version}\n" in (tmp_path / "DEBIAN" / "control").read_text()
    assert "/common-licenses/Apache-2.0" in (tmp_path / "usr/share/doc/retaind/copyright").read_text()
    assert run(str(tmp_path / "usr/bin/retaind"), "check", "--config-dir", str(tmp_path / "etc/retaind"))


def test_it_enables_and_starts_nothing(package, tmp_path):
    run("dpkg-deb", "--control", package, str(tmp_path))
    scripts = "".join((tmp_path / name).read_text() for name in ("postinst", "postrm", "prerm"))
    assert not re.search(r"deb-systemd-invoke (start|restart)|systemctl (--system )?(start|enable)", scripts)
    # The helper keeps what the operator has set; it enables only what was so before.
    assert "deb-systemd-helper enable" not in scripts.replace("was-enabled", "") or "was-enabled" in scripts


@pytest.mark.parametrize("unit", ["retaind.service", "retaind@.service"])
def test_the_unit_is_valid_and_locked_up(unit, tmp_path):
    text = (REPOSITORY / "deploy" / unit).read_text().replace("/usr/bin/retaind", "/bin/true")
    (tmp_path / unit.replace("@.", "@blue.")).write_text(text.replace("%i", "blue"))
    file = tmp_path / unit.replace("@.", "@blue.")
    assert run("systemd-analyze", "verify", "--man=no", str(file)) == ""
    exposure = run("systemd-analyze", "security", "--offline=true", "--no-pager", str(file))
    level = float(re.search(r"exposure level for \S+: ([\d.]+)", exposure)[1])
    assert level <= 1.5, exposure
