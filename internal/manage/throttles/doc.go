// Package throttles is the area of throttling policies, their bindings and
// their special limits: reference 4.7 to 4.9.
//
// It owns the tables throttles and throttle_specials, and reads those of apps,
// APIs, environments and bindings. Which policy holds where is package
// binding's; this area gives it the words of 4.8. What a limit does to calls is
// the gateway's.
//
// Limits. A user's limit and an address's are at most the API's, an app's at
// most the user's, or the API's where users have none (wire-facts §8). 0 is no
// limit: it is answered for a limit that was not given, and taken, so that what
// was read can be written back. The reference's upper bound of 200 calls per
// second is broken by its own sample of 800 and is not one of ours.
//
// PUT. The limits with their period are one value, and a limit that is left out
// is none afterwards: otherwise there would be no way to take it back for the
// clients that leave out what is not set. remark and type that are left out
// stay as they are. enable_adaptive_control may be given as FALSE; TRUE is
// refused, because the reference says that it is not supported.
//
// Specials. A special is at most the policy's API limit, above which it would
// mean nothing, and in place of the app's or user's limit, which it may exceed.
// So an API limit below an existing special is refused. An app of any project
// may have one: those who call are other people's apps as a rule, and their
// names may be asked for by anybody (4.3.6). A tenant is the id of a project or
// of an account, which need not be known here, as the gateway meets it
// (wire-facts §8); its name is told to itself only. When an app is deleted its
// specials go with it, by the schema.
//
// Deleting. 4.7.4 says that the bindings go with the policy, and the catalogue
// has a code for a policy that is bound (APIG.3451). We refuse: a delete that
// silently lifted the limits of live APIs could not be undone. A policy that is
// bound to an API which is offline is bound. What imported documents wish for
// goes with the policy.
//
// bind_num counts an API once for each environment, as the total of the list
// of bound APIs does. The reference's tables say is_include_special_throttle
// where its samples and clients have is_inclu_special_throttle; we answer that.
//
// Codes. 3013, 3308 and 1108 are those of specials. The tables of bindings have
// no code of their own for another project's binding: 1105 is the policy's.
package throttles
