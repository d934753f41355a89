// Package publish turns what areas wrote into definitions, inside the very
// transaction that wrote it:
//
//	area writes rows, touches (kind, id)
//	  → the kind's contributor reads the rows back as a definition
//	  → unchanged? done. Else: dry build by the gateway's own code
//	  → next revision, record row
//	  → commit
//	  → distribute to gateways, in commit order
//
// An area cannot forget a step, because the hook hangs on store.DB.Write. A
// definition that no gateway could serve fails its transaction, so rows and
// records never disagree.
//
// The package owns the tables records and revisions. It knows no area: app
// hands in one contributor per kind. It knows no gateway: app hands in the dry
// build and the distributor.
package publish
