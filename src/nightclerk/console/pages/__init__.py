"""The console's pages, one module a page: each gathers what its template shows and carries out its forms."""
