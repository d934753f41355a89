// Package route finds the API of a request: method and path to a value, within
// the APIs of one group in one environment.
//
// It does not know hosts, groups or environments (gateway/snapshot chooses the
// table), nor protocols, nor what the value is.
//
// # What matches
//
// The rules are wire-facts §2.3 and §2.4. A template is literal segments,
// {name} for one whole segment, and in NORMAL templates {name+} at the end for
// one or more segments. A variable never stands for an empty segment: "/a/{x}"
// does not match "/a/", and "/a/{x+}" needs something behind the slash; what
// {x+} takes may itself end in a slash, as the caller sent it.
//
// NORMAL matches the whole path, and a slash at the end matters: "/a" and "/a/"
// are two APIs. SWA matches whole leading segments: "/a" matches "/a", "/a/"
// and "/a/b", not "/ab"; "/a/" needs the slash and matches "/a/" and "/a/b".
//
// # Which one wins
//
// Match mode first: any NORMAL route goes before any SWA route, {x+} included,
// as the vendor's user guide orders them ("exact matching first, then prefix
// matching, the shortest prefix last"). Of several NORMAL routes, compared
// segment by segment from the left, a literal goes before {x}, and {x} before
// {x+}. Of several SWA routes the longest prefix wins, counted in segments, a
// slash at the end making it longer; of equally long ones again the literal.
// Among routes of one shape a named method goes before ANY.
//
// A branch that leads nowhere, because of its path or its method, gives way to
// the next one: with GET /a/{x} and POST /a/b, "GET /a/b" is the former. When
// only the method was wrong the verdict says so (PathFound), because the text
// of APIG.0101 differs (wire-facts §1.2).
//
// ANY stands for the seven methods of the reference. Any other method (TRACE,
// CONNECT, "get", "ANY") matches nothing.
//
// # How, and what it costs
//
// The templates form a tree of segments. A node compares a few literal children
// one by one; of many it has an index, hashed with a random seed, so that nobody
// who chooses paths can choose collisions. Parameters are not tracked while
// searching: they are cut out of the path once the route is known, so backtracking
// has nothing to undo and a lookup allocates nothing.
//
// The tree is persistent: a Builder that edits a table copies the nodes on the way
// to what it changes and shares all others, so that tables that calls hold never
// change and the next one costs what changed. Before, a change packed the whole
// table anew, 168 ms among 100,000 routes. The packed table took 55 bytes for a
// route where the tree takes 136 (TestMemoryPerAPI): the price of such edits.
//
// Work is bounded without memoising. In a tree every node has one way to reach
// it, so a lookup visits no node twice; but literal and {x} children may both
// be open at each level, so hostile templates (every mix of "a" and {x}, n
// segments deep) would allow 2^n visits. Builder keeps for each node the most
// visits that any path can cause below it, visits(n) = 1 + max(literal
// children) + visits({x} child), and refuses the route that would take the
// root beyond MaxVisits. Ordinary tables stay below a hundred.
package route
