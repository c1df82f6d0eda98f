// The console's script. Every page works without it; it makes the desk fast.
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-csp.js";
