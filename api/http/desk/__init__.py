"""What the pages of the desk show of one matter, made from the dossier: one module per part of the page."""
