"""Documents in and out: export tables, mapping tables, invoices, workbooks and reports."""

from nightclerk.documents.intake_words import fault_words
from nightclerk.documents.layouts import Layout, load_layout, load_layouts
from nightclerk.documents.mapping_faults import MappingFault, MappingFaults, UnmappedNames
from nightclerk.documents.mapping_tables import Mappings, load_mappings
from nightclerk.documents.stock_shares import load_stock_shares
from nightclerk.documents.tables import Row, iter_table, read_table

__all__ = [
    "Layout",
    "MappingFault",
    "MappingFaults",
    "Mappings",
    "Row",
    "UnmappedNames",
    "fault_words",
    "iter_table",
    "load_layout",
    "load_layouts",
    "load_mappings",
    "load_stock_shares",
    "read_table",
]
