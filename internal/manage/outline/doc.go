// Package outline is the area of the overview of what a project has: reference
// 4.13.
//
// It owns nothing and reads the tables of groups, APIs, publications, apps and
// grants. Everybody counts what its lists show: the actor's project, an
// administrator all of them. A group under review is not on sale yet; an API
// counts as released while RELEASE serves a version of it; an app is authorised
// while it has a grant, whatever the environment.
package outline
