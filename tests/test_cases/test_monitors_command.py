"""`windtunnel monitors`: a table for people, one JSON document for programs, a line for what cannot be tried."""

from __future__ import annotations

import json

import pytest

from cases import _monitors
from cases.__main__ import main
from simulator.proving import prove

ASKED = ["monitors", "drift_retraining", "--only", "psi,label_loss", "--on", "season", "--seeds", "0-1", "--jobs", "1"]


@pytest.fixture(scope="module")
def said():
    """Both forms, flown once."""
    import contextlib
    import io

    texts: list[str] = []
    tables: list[object] = []

    def flown(*given, **more):
        return tables[0] if tables else tables.append(prove(*given, **more)) or tables[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_monitors, "prove", flown)
        for more in ([], ["--json"]):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                assert main([*ASKED, *more]) == 0
            texts.append(out.getvalue())
    return texts


def test_people_get_a_table_per_kind_of_change(said):
    assert "season: features that say nothing move for 30 days - harmless" in said[0]
    assert "psi" in said[0] and "false alarms" in said[0] and "2 paired seeds" in said[0]


def test_programs_get_one_document_without_nan(said):
    data = json.loads(said[1], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert data["case"] == "drift_retraining" and data["seeds"] == [0, 1]
    row = data["rows"][0]
    assert (row["monitor"], row["change"], row["harmful"], row["noticed"]) == ("psi", "season", False, None)
    assert row["false_alarms"]["mean"] > 1 and row["dollars"]["mean"] < 0 and row["delay_days"]["mean"] is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--only", "psy"], "unknown monitor"),
        (["--on", "sudenly"], "unknown kind of change"),
        (["--seeds", "5-1"], "seeds"),
        (["--jobs", "0"], "--jobs 0"),
    ],
)
def test_bad_options_are_one_line_and_exit_code_2(more, says, capsys):
    assert main([*ASKED, *more]) == 2
    err = capsys.readouterr().err
    assert says in err and err.count("\n") == 1


def test_a_case_without_monitors_says_so(capsys):
    assert main(["monitors", "burst_storm"]) == 2
    assert "burst_storm has no monitors" in capsys.readouterr().err
