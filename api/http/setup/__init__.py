"""The first run 开始设置: five short steps, each of which can be skipped and taken up again."""
