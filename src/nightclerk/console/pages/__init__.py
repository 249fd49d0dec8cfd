"""The console's pages, one module a page: each gathers what its template shows and carries out its forms."""

from nightclerk.console.pages import (
    api_act,
    api_files,
    api_read,
    api_screen,
    audit,
    bots,
    company,
    figures,
    healings,
    invoices,
    items,
    links,
    mapping,
    me,
    mend,
    people,
    proof,
    runs,
    screen,
    second,
    settings,
    sign_in,
    tasks,
    teach,
    tonight,
    unmask,
    where,
)

#: In the order in which addresses are tried: a fixed word goes before a name that may be anything.
PAGES = (
    sign_in, company, me, second, tonight, tasks, links, runs, screen, proof, bots, where, mend, unmask, items,
    invoices, teach, healings, figures, settings, mapping, people, audit, api_read,
    api_screen, api_files, api_act,
)  # fmt: skip
