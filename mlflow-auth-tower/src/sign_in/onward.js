// The part of an address behind `#` never reaches a server: MLflow's pages keep there what they show. A browser carries it
// through redirects up to this page, which puts it into the address to go back to.
"use strict";
for (const way of document.querySelectorAll("a.way")) {
  const address = new URL(way.href);
  const next = address.searchParams.get("next");
  if (next && location.hash) {
    address.searchParams.set("next", next.split("#")[0] + location.hash);
    way.href = address;
  }
}
if (document.querySelector("meta[name=onward]")) {
  location.replace(document.querySelector("a.way").href);
}
