"""The demo county 云溪县: a fictional county with its truth, and the local site that serves it over real HTTP."""
