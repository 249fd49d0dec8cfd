"""Systems to practise on: seller centers, a legacy ERP, an OA, with synthetic people and books of their own."""
