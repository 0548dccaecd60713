"""Project data as people have them: every vintage of CORDIS, gaps, dates, words, encodings, frames; all is counted."""

import bz2
import gzip
import io
import lzma
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alliancelab as al
from alliancelab.agents.codes import Kind
from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.scenarios.consortia import MEASURES, Consortia, by_programme, read_cordis
from alliancelab.scenarios.own_targets import targets_of
from alliancelab.scenarios.project_dates import read_dates
from alliancelab.scenarios.spreads import LEAST_SHARE, LEAST_SPREAD
from alliancelab.scenarios.targets import read_targets

DRAWS = np.random.default_rng(3)
PROJECTS = [(str(1000 + i), f"{2014 + i % 5}-0{1 + i % 9}-01", f"P.{i % 2}") for i in range(70)]
SEATS = [(project, str(200 + member), ("PRC", "HES", "REC", "PUB")[member % 4]) for project, *_ in PROJECTS
         for member in DRAWS.choice(60, 6, replace=False).tolist()]


def csv(head: str, rows: list, separator: str = ",", quote: str = "") -> str:
    lines = [head.split(), *([str(cell) for cell in row] for row in rows)]
    return "".join(separator.join(f"{quote}{cell}{quote}" for cell in line) + "\n" for line in lines)


def read(place: Path, projects: str | bytes, seats: str | bytes, *names: str):
    """Consortia out of two files, and what was told of them."""
    files = [place / name for name in (names or ("p.csv", "s.csv"))]
    for file, content in zip(files, (projects, seats), strict=True):
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    told: list[str] = []
    return (*read_cordis(*files, told.append), "\n".join(told))


PLAIN = csv("project_rcn start programme", PROJECTS), csv("project_rcn org_id org_type", SEATS)


def measures(consortia: Consortia) -> list[float]:
    return [measure.of(consortia) for measure in MEASURES if "null" not in measure.name]


@pytest.fixture
def plain(tmp_path) -> list[float]:
    return measures(read(tmp_path, *PLAIN)[0])


VINTAGES = {
    "2021 and later": (
        csv("id acronym title startDate totalCost legalBasis frameworkProgramme rcn",
            [(p, "ACR", "A title; with a semicolon", s, "2500000,5", of, "HORIZON", i)
             for i, (p, s, of) in enumerate(PROJECTS)], ";", '"'),
        csv("projectID projectAcronym organisationID name SME activityType geolocation rcn",
            [(p, "ACR", o, "A; B", "false", t, "52.1,9.7", i) for i, (p, o, t) in enumerate(SEATS)], ";", '"')),
    "2016, tabs": (
        csv("rcn id acronym programme startDate totalCost",
            [(p, 7 * int(p), "A", of, s, "1,5") for p, s, of in PROJECTS], "\t"),
        csv("projectRcn projectID role id name activityType", [(p, 7 * int(p), "x", o, "n", t) for p, o, t in SEATS],
            "\t")),
    "seventh framework": (
        csv("RCN Reference Start_Date Programme", [(p, "R", s + "T00:00:00", of) for p, s, of in PROJECTS], ";"),
        csv("Project_RCN Organisation_ID Activity_Type", SEATS, ";")),
    "capitals and bars": (csv("PROJECT_RCN START PROGRAMME", PROJECTS, "|"), csv("PROJECT_RCN ORG_ID ORG_TYPE", SEATS,
                                                                              "|")),
    "a register of alliances": (
        csv("Deal_Number Alliance_Date_Announced SIC_Code", [(p, s, of) for p, s, of in PROJECTS]),
        csv("Deal_Number Participant Type", SEATS)),
}


@pytest.mark.parametrize("tables", VINTAGES.values(), ids=VINTAGES.keys())
def test_every_vintage_is_read_as_the_plain_tables_are(tmp_path, plain, tables):
    consortia, programme, told = read(tmp_path, *tables)
    assert measures(consortia) == plain and set(programme) == {"P.0", "P.1"}
    assert told.count("columns taken: project = ") == 2


PACKED = {
    "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress,
    "utf-16": lambda content: content.decode().encode("utf-16"),
    "utf-16 without a mark": lambda content: content.decode().encode("utf-16-le"),
    "a mark of byte order": lambda content: b"\xef\xbb\xbf" + content,
    "lines of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "lines of old Macs": lambda content: content.replace(b"\n", b"\r"),
    "blank lines": lambda content: content.replace(b"\n", b"\n\n"),
    "spaces": lambda content: content.replace(b",", b" , "),
    "empty cells at the end": lambda content: content.replace(b"\n", b",,\n"),
}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
def test_any_wrapping_of_a_text_file_is_taken_off(tmp_path, plain, pack):
    assert measures(read(tmp_path, *(pack(table.encode()) for table in PLAIN))[0]) == plain


def test_an_archive_of_one_table_is_read_and_one_of_many_is_not(tmp_path, plain):
    def packed(*tables: str) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for i, table in enumerate(tables):
                archive.writestr(f"{i}.csv", table)
        return target.getvalue()

    assert measures(read(tmp_path, *map(packed, PLAIN))[0]) == plain
    with pytest.raises(UserError, match="the archive holds 2 files; give one table"):
        read(tmp_path, packed(*PLAIN), PLAIN[1])


def test_frames_and_parquet_are_read(tmp_path, plain):
    frames = [pd.read_csv(io.StringIO(table)) for table in PLAIN]  # whole numbers and dates as pandas sees them
    assert measures(read_cordis(*frames)[0]) == plain
    dated = frames[0].assign(start=pd.to_datetime(frames[0]["start"]),
                             project_rcn=frames[0]["project_rcn"].astype(float))
    assert measures(read_cordis(dated, frames[1])[0]) == plain
    for name, frame in zip("ps", frames, strict=True):
        frame.to_parquet(tmp_path / f"{name}.parquet")
    assert measures(read_cordis(tmp_path / "p.parquet", tmp_path / "s.parquet")[0]) == plain


def test_bytes_that_are_not_utf_8_keep_organisations_apart_and_are_told(tmp_path):
    seats = csv("project_rcn org_id org_type", [("1000", "Müller", "PRC"), ("1000", "Möller", "HES"),
                                                ("1001", "Müller", "PRC"), ("1001", "Mäller", "REC")])
    consortia, _, told = read(tmp_path, PLAIN[0], seats.encode("latin-1"))
    assert len(set(consortia.organisation.tolist())) == 3
    assert "s.csv: it is not UTF-8; its bytes are taken as Latin-1" in told


REFUSED = {
    "empty": (b"", PLAIN[1], "p.csv: the file is empty"),
    "names alone": ("project_rcn,start,programme\n", PLAIN[1], "p.csv: the table has no rows"),
    "a spreadsheet": (b"PK\x03\x04", PLAIN[1], "p.csv: the packed file is torn or of an unknown kind"),
    "half a packed file": (gzip.compress(PLAIN[0].encode())[:-20], PLAIN[1], "p.csv: the packed file is torn"),
    "Parquet that is none": (b"PAR1 and no more", PLAIN[1], "p.csv: the table cannot be read"),
    "UTF-8 that is none after its mark": (b"\xef\xbb\xbf\xff\xfe", PLAIN[1], "byte 4 is not UTF-8"),
    "a column twice": ("project_rcn,start,start,programme\n1000,2014-01-01,2015-01-01,A\n", PLAIN[1],
                       "p.csv: the column 'start' stands there twice"),
    "no project in common": ("project_rcn,start,programme\n1,2014-01-01,A\n", PLAIN[1],
                             "s.csv: no project in it is one of"),
    "other columns": ("a;b\n1;2\n", PLAIN[1], "there is no column of the project, called project_rcn, projectID or "
                                              "rcn; here are 'a, b'"),
    "all rows torn": ("project_rcn,start,programme\n1,2,3,4\n", PLAIN[1], "no row has as many cells as the line of"),
    "no known type": (PLAIN[0], csv("project_rcn org_id org_type", [(p, o, "X" + t) for p, o, t in SEATS]),
                      "no organisation has a type that is known: PRC or company"),
    "no type at all": (PLAIN[0], csv("project_rcn org_id org_type", [(p, o, "") for p, o, _ in SEATS]), "here is none"),
    "grants alone": (PLAIN[0], csv("project_rcn org_id org_type", [(p, "1", "PRC") for p, *_ in PROJECTS]),
                     "no project has two participants or more"),
    "a date that is none": (PLAIN[0].replace("2014-01-01", "soon", 1), PLAIN[1],
                            "p.csv: row 2, column start: 'soon' is no date; write YYYY-MM-DD, or leave the cell empty"),
}


@pytest.mark.parametrize(("projects", "seats", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_refused_with_the_place(tmp_path, projects, seats, told):
    with pytest.raises(UserError) as refused:
        read(tmp_path, projects, seats)
    assert told in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("gap", ["", "NA", "NaN", "null", "None", "#N/A", "-", " "])
def test_a_missing_date_costs_its_project_and_is_counted(tmp_path, gap):
    lines = PLAIN[0].splitlines(keepends=True)
    for row in (4, 9):
        lines[row] = lines[row].replace(lines[row].split(",")[1], gap)
    consortia, programme, told = read(tmp_path, "".join(lines), PLAIN[1])
    assert len(programme) == 68 and consortia.project.max() == 67
    assert "p.csv: 2 of 70 rows have no date and are left out: the first is row 5" in told
    assert "s.csv: 12 of 420 seats are of projects that" in told


def test_unknown_organisations_are_each_their_own(tmp_path, plain):
    lost = [(p, "NA" if i % 3 == 0 else o, t) for i, (p, o, t) in enumerate(SEATS)]
    consortia, _, told = read(tmp_path, PLAIN[0], csv("project_rcn org_id org_type", lost))
    assert np.bincount(consortia.project).mean() == plain[0]  # no member is lost
    assert "s.csv: 140 of 420 seats name no organisation; each counts as one of its own" in told


@pytest.mark.parametrize("words", [
    {"PRC": "prc", "HES": "hes", "REC": "rec", "PUB": "pub"},
    {"PRC": "PRC ", "HES": " HES", "REC": "REC\t", "PUB": "PUB"},
    {"PRC": "Private for-profit entities (excluding Higher or Secondary Education Establishments)",
     "HES": "Higher or Secondary Education Establishments", "REC": "Research Organisations",
     "PUB": "Public bodies (excluding Research Organisations)"},
    {"PRC": "company", "HES": "University", "REC": "research institute", "PUB": "Ministry"},
])
def test_types_in_any_writing_are_known(tmp_path, plain, words):
    seats = "project_rcn;org_id;org_type\n" + "".join(f"{p};{o};{words[t]}\n" for p, o, t in SEATS)
    consortia, _, told = read(tmp_path, PLAIN[0], seats)
    assert measures(consortia) == plain and "not known" not in told


def test_types_that_are_not_known_are_counted_and_named(tmp_path):
    seats = csv("project_rcn org_id org_type", [(p, o, "NGO" if t == "HES" else "" if t == "PUB" else t)
                                                for p, o, t in SEATS])
    _, _, told = read(tmp_path, PLAIN[0], seats)
    strange, gaps = (sum(t == one for *_, t in SEATS) for one in ("HES", "PUB"))
    assert f"{strange} of 420 seats have types that are not known and count as members only: 'NGO' ({strange})" in told
    assert f"{gaps} of 420 seats have no type" in told


def test_a_project_in_several_rows_belongs_to_its_first(tmp_path, plain):
    rows = [row for p, s, of in PROJECTS for row in ((p, s, of), (p, s, "LATER"))]
    consortia, programme, told = read(tmp_path, csv("project_rcn start programme", rows), PLAIN[1])
    assert measures(consortia) == plain and set(programme) == {"P.0", "P.1"}
    assert "70 rows are of projects that stand in a row before; each belongs to its first programme" in told


def test_grants_to_one_are_left_out_and_counted(tmp_path, plain):
    lone = [(str(9000 + i), "2016-01-01", "P.0") for i in range(30)]
    consortia, _, told = read(tmp_path, csv("project_rcn start programme", PROJECTS + lone),
                              csv("project_rcn org_id org_type", SEATS + [(p, "1", "PRC") for p, *_ in lone]))
    assert measures(consortia) == plain
    assert "30 of 100 projects have one participant only: grants, not alliances; they are left out" in told


def test_torn_rows_are_left_out_and_counted(tmp_path):
    lines = PLAIN[1].splitlines(keepends=True)
    lines[7] = "1000,a,b,c,PRC\n"
    _, _, told = read(tmp_path, PLAIN[0], "".join(lines))
    assert "1 of 420 rows are left out, as they have more or fewer cells than the line of names" in told
    assert "the first is row 8" in told


@pytest.mark.parametrize(("texts", "found"), [
    (["2014-03-05", "2014-3-5T10:00", "2014/03/05", "2014.3.5"], ["2014-03-05"] * 4),
    (["20140305", "2014", "2014-03", "2014年3月5日"], ["2014-03-05", "2014-01-01", "2014-03-01", "2014-03-05"]),
    (["31/12/2014", "05/03/2014"], ["2014-12-31", "2014-03-05"]),
    (["12/31/2014", "03/05/2014 00:00"], ["2014-12-31", "2014-03-05"]),
    (["5.3.2014", "5-Mar-2014", "5 March 2014", "March 5, 2014"], ["2014-03-05"] * 4),
    (["", "2014-03-05"], ["", "2014-03-05"]),
])
def test_dates_are_read_as_people_write_them(texts, found):
    assert read_dates(texts, range(2, 2 + len(texts)), "p.csv", "start", lambda sentence: None) == found


def test_days_and_months_that_contradict_one_another_are_refused_and_those_that_do_not_say_are_told():
    with pytest.raises(UserError, match="the day comes first in row 2 and the month in row 3; write all dates YYYY"):
        read_dates(["31/12/2014", "12/31/2014"], [2, 3], "p.csv", "start", lambda sentence: None)
    told: list[str] = []
    assert read_dates(["05/03/2014"], [2], "p.csv", "start", told.append) == ["2014-03-05"]
    assert "the first is taken as the day" in told[0]


@pytest.mark.parametrize("text", ["2014-13-01", "2014-02-30", "32/01/2014", "1e400", "0000-01-01", "-1", "5 Foo 2014"])
def test_dates_that_cannot_be_are_refused(text):
    with pytest.raises(UserError, match=r"row 2, column start: .* is no date"):
        read_dates([text], [2], "p.csv", "start", lambda sentence: None)


# --- targets ---------------------------------------------------------------------------------------------------------


def frames(projects: list = PROJECTS, seats: list = SEATS) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (pd.DataFrame(projects, columns=["project_rcn", "start", "programme"]),
            pd.DataFrame(seats, columns=["project_rcn", "org_id", "org_type"]))


def test_targets_of_ones_own_data_are_a_file_that_calibrate_takes(tmp_path):
    """Rows: H5."""
    told: list[str] = []
    assert al.targets(tmp_path / "mine.toml", *frames(), 'my "data"\n', told.append) == tmp_path / "mine.toml"
    mine = read_targets(tmp_path / "mine.toml")
    assert mine.file.targets["size_mean"].value == pytest.approx(6.0) and mine.file.projects == 35
    assert mine.file.targets["single"].fit is False and mine.file.targets["firm_share"].fit
    assert "over 2 programmes" in mine.file.targets["single"].source
    with pytest.raises(ScenarioError, match="there already"):
        al.targets(tmp_path / "mine.toml", *frames())
    with pytest.raises(ScenarioError, match="at least two programmes"):
        al.targets(tmp_path / "few.toml", *frames(PROJECTS[:40]))
    assert not (tmp_path / "few.toml").exists()


def test_programmes_larger_than_a_world_are_looked_at_as_far_as_a_world_goes(tmp_path):
    many = [(str(i), f"{2000 + i // 60}-01-01", f"P.{i % 2}") for i in range(900)]
    seats = [(p, str(member), ("PRC", "HES")[member % 2]) for p, *_ in many
             for member in DRAWS.choice(400, 5, replace=False).tolist()]
    told: list[str] = []
    al.targets(tmp_path / "mine.toml", *frames(many, seats), announce=told.append)
    projects = tomllib.loads((tmp_path / "mine.toml").read_text())["projects"]
    assert 60 < projects < 450  # what a world founds
    assert any(f"of each programme the first {projects} projects are looked at" in one for one in told)


def test_pairs_of_firms_are_said_to_be_outside_of_the_model(tmp_path):
    seats = [(p, str(firm), "PRC") for p, *_ in PROJECTS for firm in DRAWS.choice(60, 2, replace=False).tolist()]
    told: list[str] = []
    al.targets(tmp_path / "mine.toml", *frames(PROJECTS, seats), announce=told.append)
    assert any("outside of what contracts of the model can be" in one for one in told)
    mine = read_targets(tmp_path / "mine.toml").file.targets
    assert not mine["size_mean"].fit and mine["firm_share"].value == 1.0
    assert all(target.spread >= min(LEAST_SPREAD, LEAST_SHARE * abs(target.value) or 1) for target in mine.values())


def test_spreads_of_few_programmes_are_wider_and_never_next_to_nothing():
    seats = [(np.repeat(np.arange(40), 6), DRAWS.integers(0, 90, 240)) for _ in range(12)]
    programmes = [Consortia(p, o, np.full(240, Kind.FIRM), np.zeros(240, int)) for p, o in seats]
    few, many = targets_of(programmes[:2]), targets_of(programmes)
    assert many["firm_share"] == (1.0, LEAST_SHARE) and many["mixed"] == (0.0, LEAST_SPREAD)
    values = np.array([next(m for m in MEASURES if m.name == "single").of(one) for one in programmes[:2]])
    assert few["single"][1] == pytest.approx(max(values.std(ddof=1) * 12.706 / 1.96, 0.05 * values.mean()), rel=1e-3)
    assert "repeat_ties_over_null" in many or all(np.isfinite(value) for value, _ in many.values())


def test_facts_of_ones_own_data_are_worked_out_once_in_validation(tmp_path, monkeypatch):
    from alliancelab.analysis.results import validation

    calls, original = [], validation.facts_of
    monkeypatch.setattr(validation, "facts_of", lambda programmes: calls.append(1) or original(programmes))
    shown: list[str] = []
    found = al.validate("no_policy", replicates=2, projects=frames()[0], participation=frames()[1],
                        progress=lambda what, done, total: shown.append(what))
    assert (found.table["source"] == "own data").sum() > 10 and len(calls) == 1
    assert "facts of the data" in shown


def test_programmes_are_cut_to_their_first_projects():
    consortia, programme = read_cordis(*frames())
    assert [part.project.max() + 1 for part in by_programme(consortia, programme, most=20)] == [20, 20]
