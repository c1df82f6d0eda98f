"""
How handling offices 承办单位 are reached, who have no login: mail with a link to a page of their own, or paper.

`links` makes and knows the links, `letter` writes the mail, `directory` reads the directory from a spreadsheet.
"""
