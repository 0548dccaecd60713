"""What the tables of a registry and their columns are called, in the languages that people use. Source: H5."""

import re
import unicodedata

from alliancelab.agents.codes import Kind

__all__ = ["COLUMNS", "NEEDED", "TABLES", "find_columns", "kind_of", "plain", "table_named"]

TABLES = {
    "organisations": ("organisations", "organizations", "organisation", "organization", "orgs", "firms", "companies",
                      "单位", "机构", "企业"),
    "alliances": ("alliances", "alliance", "consortia", "consortium", "联盟"),
    "memberships": ("memberships", "membership", "members", "member", "participation", "participations", "成员"),
    "projects": ("projects", "project", "项目"),
}
"""Names of the file of each table, without its ending; the first that is there is taken."""

COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "organisations": {
        "id": ("id", "organisationid", "organizationid", "orgid", "organisation", "organization", "pic", "code",
               "firmid", "统一社会信用代码", "信用代码", "编号", "代码"),
        "name": ("name", "organisationname", "organizationname", "orgname", "legalname", "company", "firm", "名称",
                 "单位名称", "企业名称", "机构名称", "单位"),
        "kind": ("kind", "type", "orgtype", "organisationtype", "organizationtype", "activitytype", "单位性质", "性质",
                 "类型", "单位类型"),
        "sector": ("sector", "industry", "branch", "nace", "field", "行业", "产业", "领域", "所属行业"),
        "region": ("region", "province", "county", "state", "city", "country", "地区", "省份", "省市", "城市", "区域"),
        "size": ("size", "revenue", "turnover", "sales", "employees", "headcount", "staff", "规模", "营业收入",
                 "员工人数", "职工人数"),
        "founded": ("founded", "founding", "foundingdate", "established", "incorporated", "born", "yearfounded",
                    "成立日期", "成立时间", "成立年份"),
    },
    "alliances": {
        "id": ("id", "allianceid", "alliance", "name", "alliancename", "consortium", "code", "联盟编号",
               "联盟名称", "联盟", "编号", "名称"),
        "sector": ("sector", "field", "industry", "technology", "行业", "领域", "技术领域", "产业"),
        "founded": ("founded", "founding", "signed", "start", "startdate", "established", "begin",
                    "成立日期", "成立时间", "签约日期"),
        "ended": ("ended", "end", "enddate", "dissolved", "closed", "终止日期", "解散日期", "结束日期"),
        "label": ("label", "pilot", "试点", "称号"),
    },
    "memberships": {
        "organisation": ("organisation", "organization", "organisationid", "organizationid", "orgid", "member",
                         "memberid", "pic", "firm", "company", "name", "单位", "单位名称", "成员单位", "成员", "企业",
                         "企业名称", "机构名称"),
        "alliance": ("alliance", "allianceid", "alliancename", "consortium", "project", "projectid", "联盟", "联盟名称",
                     "联盟编号"),
        "from": ("from", "joined", "since", "start", "startdate", "begin", "entry", "加入日期", "加入时间", "起始日期"),
        "to": ("to", "left", "until", "end", "enddate", "exit", "退出日期", "退出时间", "终止日期"),
    },
    "projects": {
        "id": ("id", "projectid", "project", "name", "title", "code", "项目编号", "项目名称", "项目"),
        "alliance": ("alliance", "allianceid", "alliancename", "consortium", "联盟", "联盟名称", "联盟编号"),
        "start": ("start", "startdate", "from", "begin", "started", "开始日期", "起始日期", "开始时间"),
        "end": ("end", "enddate", "to", "until", "planned", "结束日期", "完成日期", "截止日期"),
        "cost": ("cost", "totalcost", "budget", "total", "经费", "总经费", "投资"),
        "members": ("members", "partners", "participants", "organisations", "organizations", "参与单位", "承担单位"),
    },
}
"""Names of each column, without capitals and what is no letter or digit; the first that is there is taken."""

NEEDED = {"organisations": (), "alliances": ("id",), "memberships": ("organisation", "alliance"),
          "projects": ("id", "alliance", "start")}
"""Columns that a table cannot be without; of organisations either `id` or `name`."""

_KINDS = (
    (Kind.FIRM, r"firms?|compan(y|ies)|enterprises?|business(es)?|industry|smes?|prc|ind|private for.?profit.*|"
                r"企业|公司|.*企业"),
    (Kind.UNIVERSITY, r"universit(y|ies)|academia|hes|he|higher (or secondary )?education.*|高校|大学|学院|高等院校"),
    (Kind.INSTITUTE, r"institutes?|research (organi[sz]ations?|institutes?|cent(re|er)s?)|rec|res|rto|"
                     r"科研院所|研究院|研究所|科研机构|研究机构"),
    (Kind.AGENCY, r"agenc(y|ies)|service agenc(y|ies)|associations?|brokers?|服务机构|中介机构|协会|行业协会|事业单位"),
)


def plain(name: str) -> str:
    """A name without capitals, full-width forms and all that is no letter or digit."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def kind_of(word: str) -> Kind | None:
    """Kind of organisation that a word stands for; None where it stands for none."""
    text = unicodedata.normalize("NFKC", word).strip()
    return next((kind for kind, words in _KINDS if re.fullmatch(words, text, re.IGNORECASE)), None)


def table_named(stem: str) -> str | None:
    """Table that a file of this name holds, by its name alone."""
    return next((table for table, names in TABLES.items() if plain(stem) in names), None)


def find_columns(table: str, columns: tuple[str, ...]) -> dict[str, int]:
    """Place of each column that has one of its known names, each column once."""
    there = [plain(column) for column in columns]
    found: dict[str, int] = {}
    for what, names in COLUMNS[table].items():
        place = next((there.index(name) for name in names if name in there and there.index(name) not in found.values()),
                     None)
        if place is not None:
            found[what] = place
    return found
