"""Tables of a registry as people have them: read right, or refused with every problem, its row and its column."""

import bz2
import datetime
import gzip
import lzma
import re
import zipfile

import pandas as pd
import pytest

from alliancelab.agents.errors import UserError
from alliancelab.cli import main
from alliancelab.scenarios.registry.problems import RegistryError
from alliancelab.scenarios.registry.propose import propose
from alliancelab.scenarios.registry.read import read_registry

ORGANISATIONS = "id,name,kind,size\nf1,Acme,firm,10\nf2,Bolt,firm,20\nu1,Uni,university,\n"
ALLIANCES = "id,founded,ended\nA,2010-01-01,\nB,2012-01-01,2015-01-01\n"
MEMBERSHIPS = ("organisation,alliance,from,to\nf1,A,2010-01-01,\nf2,A,2010-01-01,\nu1,A,2011-05-01,\n"
               "f1,B,2012-01-01,2015-01-01\n")
PROJECTS = "id,alliance,start,end,cost,members\nP1,A,2014-01-01,2018-01-01,5,f1;u1\n"
KINDLESS = "id,name,kind,size\nf1,Acme,firm,10\n\nu1,Uni,guild,\n"
TOML = "date = 2016-01-01\n"
WHOLE = {"organisations.csv": ORGANISATIONS, "alliances.csv": ALLIANCES, "memberships.csv": MEMBERSHIPS,
         "projects.csv": PROJECTS, "registry.toml": TOML}


def folder_of(path, **changes):
    """The whole registry with other contents of some files, by name with _ for the dot; None takes a file out."""
    files = WHOLE | {name.replace("__", "."): content for name, content in changes.items()}
    for name, content in files.items():
        if content is not None:
            (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_whole_registry_is_read_as_it_stands(tmp_path):
    registry = read_registry(folder_of(tmp_path))
    assert registry.living().index.tolist() == ["A"]
    assert registry.members()["organisation"].tolist() == ["f1", "f2", "u1"]
    assert registry.running()["members"].tolist() == [("f1", "u1")]


def test_on_an_earlier_day_a_project_has_the_partners_who_are_members_then(tmp_path):
    ended = {"projects__csv": PROJECTS.replace("f1;u1", "f1;f2;u1"), "registry__toml": "date = 2020-01-01\n",
             "memberships__csv": MEMBERSHIPS.replace("f2,A,2010-01-01,", "f2,A,2010-01-01,2014-06-01")}
    registry = read_registry(folder_of(tmp_path, **ended), "2016-01-01")
    assert registry.running()["members"].tolist() == [("f1", "u1")]
    assert any(note.startswith("1 partners of projects that run on 2016-01-01") for note in registry.notes)
    stranger = ended | {"memberships__csv": MEMBERSHIPS.replace("f2,A,2010-01-01,\n", "f2,B,2012-01-01,2015-01-01\n")}
    with pytest.raises(RegistryError, match="'f2' is no member of 'A' on 2016-01-01"):
        read_registry(folder_of(tmp_path, **stranger), "2016-01-01")


MALFORMED = {
    "no memberships": ({"memberships__csv": None}, r"there is no table of memberships"),
    "empty file": ({"memberships__csv": ""}, r"memberships.csv: the file is empty"),
    "names only": ({"memberships__csv": "organisation,alliance\n"}, r"memberships.csv: the table has no rows"),
    "no column of alliances": ({"memberships__csv": "organisation,since\nf1,2010\n"},
                               r"memberships.csv: there is no column for 'alliance'.*'since'"),
    "two columns of one name": ({"alliances__csv": "id,founded,founded\nA,2010,2011\n"},
                                r"alliances.csv: row 1, column 'founded': two columns have this name"),
    "column without a name": ({"alliances__csv": "id,,founded\nA,x,2010\n"},
                              r"alliances.csv: row 1: column 2 has no name"),
    "a cell too many": ({"memberships__csv": MEMBERSHIPS + "f2,A,2010,,more,cells\n"},
                        r"memberships.csv: row 6: it has 6 cells, and the line of names has 4"),
    "a cell too few": ({"memberships__csv": MEMBERSHIPS + "f2,A\n"},
                       r"memberships.csv: row 6: it has 2 cells, and the line of names has 4"),
    "one cell": ({"memberships__csv": MEMBERSHIPS + "f2\n"},
                 r"memberships.csv: row 6: it has 1 cell, and the line of names has 4"),
    "open quotation mark": ({"alliances__csv": 'id,founded\n"A,2010\n'},
                            r"alliances.csv: row 2 cannot be read as a row of cells"),
    "no date": ({"memberships__csv": MEMBERSHIPS.replace("2011-05-01", "May or June")},
                r"memberships.csv: row 4, column 'from': 'May or June' is no date"),
    "no day of any month": ({"alliances__csv": ALLIANCES.replace("2010-01-01", "2010-02-30")},
                            r"alliances.csv: row 2, column 'founded': '2010-02-30' is no date"),
    "day and month contradict": ({"alliances__csv": "id,founded\nA,13/01/2010\nB,01/14/2012\n"},
                                 r"alliances.csv: column 'founded': the day comes first in row 2 and the month in"),
    "ends before it begins": ({"memberships__csv": MEMBERSHIPS.replace("2012-01-01,2015", "2016-01-01,2015")},
                              r"memberships.csv: row 5, column 'to': 2015-01-01 lies before .*'from', 2016-01-01"),
    "joined before the founding": ({"memberships__csv": MEMBERSHIPS.replace("f2,A,2010", "f2,A,2009")},
                                   r"memberships.csv: row 3, column 'from': 2009-01-01 lies before the alliance was"),
    "left after the end": ({"memberships__csv": MEMBERSHIPS.replace("2015-01-01", "2015-06-01")},
                           r"memberships.csv: row 5, column 'to': 2015-06-01 lies after the alliance ended, 2015-01"),
    "member twice": ({"memberships__csv": MEMBERSHIPS + "f1,A,2013-01-01,\n"},
                     r"memberships.csv: row 6, column 'organisation': 'f1' is a member of 'A' at that time by row 2"),
    "unknown organisation": ({"memberships__csv": MEMBERSHIPS.replace("u1", "U-1")},
                             r"memberships.csv: row 4, column 'organisation': 'U-1' is not in organisations.csv; did"),
    "unknown alliance": ({"memberships__csv": MEMBERSHIPS.replace("f2,A", "f2,C")},
                         r"memberships.csv: row 3, column 'alliance': 'C' is not in alliances.csv"),
    "member without a name": ({"memberships__csv": MEMBERSHIPS.replace("u1,A", ",A")},
                              r"memberships.csv: row 4, column 'organisation': the cell is empty"),
    "identifier twice": ({"organisations__csv": ORGANISATIONS.replace("f2,", "f1,")},
                         r"organisations.csv: row 3, column 'id': 'f1' stands in row 2 already"),
    "unknown kind": ({"organisations__csv": ORGANISATIONS.replace("university", "ministry")},
                     r"organisations.csv: row 4, column 'kind': 'ministry' is no kind of organisation"),
    "size no number": ({"organisations__csv": ORGANISATIONS.replace(",20", ",about 20")},
                       r"organisations.csv: row 3, column 'size': 'about 20' is no positive number"),
    "negative size": ({"organisations__csv": ORGANISATIONS.replace(",20", ",-20")},
                      r"organisations.csv: row 3, column 'size': '-20' is no positive number"),
    "infinite size": ({"organisations__csv": ORGANISATIONS.replace(",20", ",inf")},
                      r"organisations.csv: row 3, column 'size': 'inf' is no positive number"),
    "size of another world": ({"organisations__csv": ORGANISATIONS.replace(",20", ",1e300").replace("ty,", "ty,9")},
                              r"organisations.csv: row 3, column 'size': 1e\+300 is more than a million times off"),
    "thousands parted": ({"organisations__csv": 'id,size\nf1,"1,200"\nf2,3\nu1,4\n'},
                         r"organisations.csv: row 2, column 'size': '1,200' is no positive number"),
    "a point among decimal commas": (
        {"organisations__csv": "id;size\nf1;1.234\nf2;12,5\nu1;4.5\n"},
        r"organisations.csv: row 2, column 'size': '1.234' could be 1234 or 1,234, as the column has decimal commas"),
    "project without a start": ({"projects__csv": PROJECTS.replace("2014-01-01", "")},
                                r"projects.csv: row 2, column 'start': the cell is empty"),
    "project of no alliance": ({"projects__csv": PROJECTS.replace("P1,A", "P1,Z")},
                               r"projects.csv: row 2, column 'alliance': 'Z' is no alliance"),
    "partner that is no member": ({"projects__csv": PROJECTS.replace("f1;u1", "f1;u9")},
                                  r"projects.csv: row 2, column 'members': 'u9' is no organisation"),
    "partner who has left": ({"memberships__csv": MEMBERSHIPS.replace("f1,A,2010-01-01,", "f1,A,2010-01-01,2014-02")},
                             r"projects.csv: row 2, column 'members': 'f1' is no member of 'A' on 2016-01-01"),
    "project before its alliance": ({"projects__csv": PROJECTS.replace("2014-01-01", "2009-12-31")},
                                    r"projects.csv: row 2, column 'start': 2009-12-31 lies before the alliance was"),
    "project after its alliance": ({"projects__csv": PROJECTS.replace("P1,A,2014", "P1,B,2016")},
                                   r"projects.csv: row 2, column 'start': 2016-01-01 lies after the alliance ended"),
    "partner named twice": ({"projects__csv": PROJECTS.replace("f1;u1", "f1;Acme")},
                            r"projects.csv: row 2, column 'members': 'f1' stands in the cell 2 times"),
    "member before its own founding": ({"organisations__csv": "id,founded\nf1,\nf2,\nu1,2011-05-02\n"},
                                       r"memberships.csv: row 4, column 'from': 2011-05-01 lies before the organ"),
    "one column for two": ({"registry__toml": TOML + '[memberships]\nfrom = "from"\nto = "from"\n'},
                           r"registry.toml: \[memberships\] from and to are both 'from'; each needs a column"),
    "no day": ({"registry__toml": None}, r"nothing says which day the registry is of; the latest date .* 2015-01-01"),
    "a day that is none": ({"registry__toml": 'date = "soon"\n'}, r"registry.toml: date is 'soon' and has to be a day"),
    "unknown setting": ({"registry__toml": TOML + "[alliance]\n"}, r"registry.toml: 'alliance' is not known; did you"),
    "setting of no column": ({"registry__toml": TOML + '[alliances]\nfounded = "born"\n'},
                             r"registry.toml: \[alliances\] founded: alliances.csv has no column 'born'"),
    "setting of no file": ({"registry__toml": TOML + '[alliances]\nfile = "../alliances.csv"\n'},
                           r"registry.toml: \[alliances\] file: there is no '../alliances.csv' in the folder"),
    "torn settings": ({"registry__toml": "date = \n"}, r"registry.toml: it is not valid TOML"),
    "before all began": ({"registry__toml": "date = 1990-01-01\n"}, r"no alliance exists on 1990-01-01"),
    "Latin-1 bytes": ({"organisations__csv": ORGANISATIONS.replace("Uni", "Universität").encode("latin-1")},
                      r"organisations.csv: row 4: byte \d+ is neither UTF-8 nor sure to be GB18030"),
    "Big5": ({"organisations__csv": "id,name\nf1,山東新材料有限公司\nf2,東營化工學院\nu1,\n".encode("big5")},
             r"organisations.csv: row 2: byte \d+ is neither UTF-8 nor sure to be GB18030; .*, such as latin-1, big5"),
    "Shift-JIS": ({"organisations__csv": "id,name\nf1,トヨタ自動車\nf2,東京大学\nu1,\n".encode("shift_jis")},
                  r"organisations.csv: row 2: byte \d+ is neither UTF-8 nor sure to be GB18030"),
    "zero bytes": ({"alliances__csv": b"id\0,founded\nA,2010\n"}, r"alliances.csv: there are zero bytes in it"),
    "old Excel": ({"alliances__csv": b"\xd0\xcf\x11\xe0" + b"\0" * 600}, r"alliances.csv: .*old Excel"),
    "torn Parquet": ({"alliances__csv": b"PAR1" + b"x" * 60}, r"alliances.csv: the table cannot be read"),
    "torn archive": ({"alliances__csv": b"PK\x03\x04" + b"x" * 60}, r"alliances.csv: "),
    "two tables of alliances": ({"alliance__tsv": "id\nA\n"}, r"'alliance.tsv' could be the table of alliances, too"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_told_with_row_and_column(tmp_path, name):
    changes, sentence = MALFORMED[name]
    folder = folder_of(tmp_path, **changes)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(RegistryError) as caught:
        read_registry(folder)
    assert any(re.search(sentence, told) for told in caught.value.sentences), caught.value.sentences
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_all_problems_are_told_at_once(tmp_path):
    folder = folder_of(tmp_path, organisations__csv=ORGANISATIONS.replace("firm,10", "guild,ten"),
                       memberships__csv=MEMBERSHIPS.replace("2011-05-01", "2011-13-01"))
    with pytest.raises(RegistryError) as caught:
        read_registry(folder)
    told = "\n".join(caught.value.sentences)
    for place in ("row 2, column 'kind'", "row 2, column 'size'", "row 4, column 'from'"):
        assert place in told


FAULTS = {  # of one file, and the sentences of all files then
    "a row too long": ({"memberships__csv": MEMBERSHIPS.replace("2011-05-01", "2011-13-01") + "f2,A,2010,,more\n"},
                       ["memberships.csv: row 4, column 'from': '2011-13-01' is no date",
                        "memberships.csv: row 6: it has 5 cells"]),
    "a torn row of organisations": ({"organisations__csv": KINDLESS + "f2\n"},
                                    ["organisations.csv: row 5: it has 1 cell"]),
    "a torn row of alliances": ({"alliances__csv": "id,founded,ended\nA,2010-01-01\nB,2012-01-01,\n"},
                                ["alliances.csv: row 2: it has 2 cells"]),
    "a torn row of a packed file": ({"alliances__csv": gzip.compress(b"id,founded,ended\nA,2010\nB,2012,\n")},
                                    ["alliances.csv: row 2: it has 2 cells"]),
    "one column for two": ({"registry__toml": TOML + '[memberships]\norganisation = "from"\nalliance = "from"\n'},
                           ["registry.toml: [memberships] organisation and alliance are both 'from'"]),
    "open quotation mark": ({"alliances__csv": 'id,founded\n"A,2010\n'}, ["alliances.csv: row 2 cannot be read"]),
    "names only": ({"memberships__csv": "organisation,alliance\n"}, ["memberships.csv: the table has no rows"]),
    "no memberships": ({"memberships__csv": None}, ["there is no table of memberships"]),
    "two tables of memberships": ({"members__csv": MEMBERSHIPS}, ["'members.csv' could be the table of memberships"]),
    "no such file": ({"registry__toml": TOML + '[memberships]\nfile = "list.csv"\n'},
                     ["[memberships] file: there is no 'list.csv'"]),
    "a day that is none": ({"registry__toml": 'date = "soon"\n'}, ["registry.toml: date is 'soon'"]),
    "a membership without dates": (
        {"memberships__csv": MEMBERSHIPS.replace("f2,A,2010-01-01,", "f2,A,2010-01-01,x") + "f2,A,2013-01-01,\n"},
        ["memberships.csv: row 3, column 'to': 'x' is no date"]),
    "an unknown partner twice": ({"projects__csv": PROJECTS.replace("f1;u1", "u9;u9")},
                                 ["projects.csv: row 2, column 'members': 'u9' is no organisation"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_one_file_hides_no_other_and_makes_up_none(tmp_path, name):
    changes, expected = FAULTS[name]
    changes = {"organisations__csv": ORGANISATIONS.replace("university", "guild")} | changes
    with pytest.raises(RegistryError) as caught:
        read_registry(folder_of(tmp_path, **changes))
    sentences = caught.value.sentences
    expected = [*expected, "column 'kind': 'guild' is no kind of organisation"]
    assert len(sentences) == len(expected) and all(any(part in said for said in sentences) for part in expected), (
        sentences)


def test_many_problems_of_one_column_are_counted(tmp_path):
    rows = "".join(f"f{i},A,never,\n" for i in range(3, 60))
    with pytest.raises(RegistryError) as caught:
        read_registry(folder_of(tmp_path, memberships__csv="organisation,alliance,from,to\n" + rows))
    assert any("37 more problems" in told for told in caught.value.sentences)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_tables_are_read_in_usual_encodings(tmp_path, encoding):
    table = ("单位名称,联盟,加入日期\n山东新材料有限公司,高端装备联盟,2010年3月\n"
             "东营化工学院,高端装备联盟,2011年5月2日\n")
    (tmp_path / "成员.csv").write_bytes(table.encode(encoding))
    registry = read_registry(tmp_path, "2016-01-01")
    assert registry.memberships["organisation"].tolist() == ["山东新材料有限公司", "东营化工学院"]
    assert registry.memberships["from"].tolist() == ["2010-03-01", "2011-05-02"]


def test_an_encoding_that_is_named_is_used(tmp_path):
    folder = folder_of(tmp_path, organisations__csv=ORGANISATIONS.replace("Uni,", "Universität,").encode("latin-1"),
                       registry__toml=TOML + '[organisations]\nencoding = "latin-1"\n')
    assert read_registry(folder).organisations["name"]["u1"] == "Universität"


def test_points_are_decimal_where_no_comma_says_otherwise(tmp_path):
    read = read_registry(folder_of(tmp_path, organisations__csv="id;size\nf1;1.234\nf2;12.5\nu1;0.125\n"))
    assert read.organisations["size"].tolist() == [1.234, 12.5, 0.125]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_and_decimal_commas(tmp_path, separator):
    table = ORGANISATIONS.replace(",", separator).replace("10", "10,5" if separator != "," else "10.5")
    assert read_registry(folder_of(tmp_path, organisations__csv=table)).organisations["size"]["f1"] == 10.5


def test_blank_cells_in_their_many_writings_are_gaps(tmp_path):
    table = "id,kind,size\nf1,NA,-\nf2,,n/a\nu1,?,null\n"
    read = read_registry(folder_of(tmp_path, organisations__csv=table))
    assert (read.organisations["kind"] == -1).all() and read.organisations["size"].isna().all()
    assert any("the kind of 3 of 3 members is not in the tables and is drawn" in note for note in read.notes)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_are_read_like_others(tmp_path, pack):
    folder = folder_of(tmp_path, organisations__csv=None, organisations__csv__gz=pack(
        ORGANISATIONS.replace("Uni,", "Universität,").encode("latin-1")),
        registry__toml=TOML + '[organisations]\nencoding = "latin-1"\n')
    assert read_registry(folder).organisations["name"]["u1"] == "Universität"


def test_excel_and_parquet_are_read_like_csv(tmp_path):
    pytest.importorskip("openpyxl")
    frame = pd.DataFrame({"organisation": ["f1", "f2", "u1"], "alliance": "A",
                          "from": [datetime.date(2010, 1, 1)] * 2 + [datetime.date(2011, 5, 1)]})
    folder_of(tmp_path, memberships__csv=None, projects__csv=None, alliances__csv=None)
    frame.to_excel(tmp_path / "memberships.xlsx", index=False)
    first = read_registry(tmp_path).members()
    (tmp_path / "memberships.xlsx").unlink()
    frame.to_parquet(tmp_path / "memberships.parquet")
    pd.testing.assert_frame_equal(first, read_registry(tmp_path).members())
    assert first["from"].tolist() == ["2010-01-01", "2010-01-01", "2011-05-01"]


def test_formulas_without_a_value_are_refused(tmp_path):
    """Programs write formulas without working them out; a spreadsheet stores what they give, empty texts included."""
    openpyxl = pytest.importorskip("openpyxl")
    folder_of(tmp_path, memberships__csv=None)
    book = openpyxl.Workbook()
    for row in (["organisation", "alliance", "from", "to"], ["f1", "A", "=DATE(2014,1,1)", None],
                ["u1", "A", datetime.date(2011, 5, 1), "=1+1"]):
        book.active.append(row)
    path = tmp_path / "memberships.xlsx"
    book.save(path)
    with pytest.raises(RegistryError) as caught:
        read_registry(tmp_path)
    assert [said.partition(";")[0] for said in caught.value.sentences] == [
        "memberships.xlsx: row 2, column 'from': the cell holds a formula without a value",
        "memberships.xlsx: row 3, column 'to': the cell holds a formula without a value"]
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = re.sub(rb'<c r="D3"([^>]*)>', rb'<c r="D3"\1 t="str">', parts["xl/worksheets/sheet1.xml"])
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb"(DATE\(2014,1,1\)</f>)<v ?/>", rb"\1<v>41640</v>", re.sub(
        rb"<v></v>", b"<v/>", sheet)).replace(b'<c r="C2"', b'<c s="1" r="C2"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert read_registry(tmp_path).memberships["from"].tolist() == ["2014-01-01", "2011-05-01"]


def test_memberships_alone_are_enough(tmp_path):
    (tmp_path / "memberships.csv").write_text(MEMBERSHIPS)
    registry = read_registry(tmp_path, datetime.date(2016, 1, 1))
    assert registry.living().index.tolist() == ["A"]
    assert registry.alliances["ended"].tolist() == ["", "2015-01-01"]


def test_names_that_look_alike_are_told(tmp_path):
    table = ORGANISATIONS + "f9,ACME.,firm,3\n"
    notes = read_registry(folder_of(tmp_path, organisations__csv=table)).notes
    assert any("row 2 'Acme', row 5 'ACME.'" in note for note in notes)


def test_similar_names_are_listed_on_request(tmp_path, monkeypatch, capsys):
    """Rows: H5. The order of words, signs and legal forms count for nothing; small slips little."""
    pytest.importorskip("rapidfuzz")
    names = ["Siemens AG", "Muller & Sons Ltd.", "SONS MULLER, Limited", "华星光电有限公司", "华星光电集团",
             "Bosch GmbH", "Technical University of Vienna", "Technical Univeristy of Vienna",
             "Philips Lighting"]
    table = "id,name\n" + "".join(f'f{place},"{name}"\n' for place, name in enumerate(names))
    spells = "organisation,alliance\n" + "".join(f"f{place},A\n" for place in range(len(names)))
    folder_of(tmp_path, organisations__csv=table, memberships__csv=spells, alliances__csv=None, projects__csv=None)
    found = read_registry(tmp_path).similar_names(90)
    assert list(zip(found["first"], found["second"], strict=True)) == [("f1", "f2"), ("f3", "f4"), ("f6", "f7")]
    assert found["similarity"].tolist()[:2] == [100.0, 100.0] and 90.0 <= found["similarity"][2] < 100.0
    assert found["second_name"][0] == "SONS MULLER, Limited"
    for similar, code, words in (("90", 0, "3 pairs"), ("9", 2, "a number from 50 to 100")):
        monkeypatch.setattr("sys.argv", ["alliancelab", "registry", "check", str(tmp_path), "--similar", similar])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert ended.value.code == code and words in told.out + told.err


NOTED = {
    "identifiers alike": ({"organisations__csv": ORGANISATIONS + "F1 ,Other,firm,3\n"},
                          "organisations.csv: these differ in capitals or blanks only and count as different ones: row "
                          "2 'f1', row 5 'F1'"),
    "members alike": ({"organisations__csv": None, "projects__csv": None,
                       "memberships__csv": MEMBERSHIPS + "U 1,B,2012-01-01,2014-01-01\n"},
                      "memberships.csv: these differ in capitals or blanks only and count as different ones: row 4 "
                      "'u1', row 6 'U 1'"),
    "one name twice": ({"organisations__csv": ORGANISATIONS + "f9,Acme,firm,3\n"},
                       "organisations.csv: these may be one organisation: row 2 'Acme', row 5 'Acme'"),
    "project longer than its alliance": ({"projects__csv": PROJECTS.replace("P1,A", "P1,B")},
                                         "projects.csv: 1 projects end after their alliance: the first is row 2"),
    "project before all members": ({"alliances__csv": None, "projects__csv": PROJECTS.replace("2014-01-01", "2009")},
                                   "projects.csv: 1 projects start before the first member of their alliance: the "
                                   "first is row 2"),
    "membership of no day": ({"memberships__csv": MEMBERSHIPS.replace("2012-01-01,2015", "2015-01-01,2015")},
                             "memberships.csv: 1 memberships end on the day on which they begin, so that they hold on "
                             "none: the first is row 5; write a later day in column 'to'"),
    "members to come": ({"memberships__csv": MEMBERSHIPS + "f9,A,2017-01-01,\n",
                         "organisations__csv": ORGANISATIONS + "f9,New,firm,3\n"},
                        "1 of 5 memberships begin after 2016-01-01; they are left out"),
}


@pytest.mark.parametrize("name", NOTED)
def test_what_is_odd_is_noted(tmp_path, name):
    changes, note = NOTED[name]
    assert note in read_registry(folder_of(tmp_path, **changes)).notes


def test_inspect_proposes_what_check_takes(tmp_path):
    (tmp_path / "list.csv").write_text("Company;Consortium;Joined\nAcme;A;2010\nBolt;A;2011\n")
    with pytest.raises(UserError, match="no table of memberships"):
        read_registry(tmp_path)
    (tmp_path / "registry.toml").write_text(propose(tmp_path))
    registry = read_registry(tmp_path)
    assert registry.date == "2011-01-01" and len(registry.members()) == 2


def test_own_words_for_kinds(tmp_path):
    folder = folder_of(tmp_path, organisations__csv=ORGANISATIONS.replace("university", "Bergakademie"),
                       registry__toml=TOML + '[kinds]\nbergakademie = "university"\n')
    assert read_registry(folder).organisations["kind"]["u1"] == 1


def test_the_tables_of_cordis_are_read_as_settings_say(tmp_path):
    """A file that is given to one table is not taken for another because of its name."""
    (tmp_path / "organization.csv").write_text('"projectID";"organisationID"\n"7";"a"\n"7";"b"\n"8";"a"\n')
    (tmp_path / "project.csv").write_text('"id";"startDate";"endDate"\n"7";"2019";"2023-06-30"\n"8";"2016";"2018"\n')
    (tmp_path / "registry.toml").write_text(
        'date = 2020-01-01\n[memberships]\nfile = "organization.csv"\norganisation = "organisationID"\n'
        'alliance = "projectID"\n[alliances]\nfile = "project.csv"\nid = "id"\nfounded = "startDate"\n'
        'ended = "endDate"\n')
    registry = read_registry(tmp_path)
    assert registry.members()["organisation"].tolist() == ["a", "b"] and registry.projects is None
