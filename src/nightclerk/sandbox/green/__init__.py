"""The ERP's green screens: the same books as the desktop client, worked from a VT terminal or a 3270."""
