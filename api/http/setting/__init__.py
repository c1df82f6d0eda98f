"""
The form of each setting: one module each, shown by the pages under 设置 and by the steps of the first run alike.

`form` says what a form is, `catalogue` which there are, `saving` how what was typed becomes a setting.
"""
