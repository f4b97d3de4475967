/** Lays out what the build publishes: a repository for builds beside this one, and a release. */
@NullMarked
package dev.whippletree.release;

import org.jspecify.annotations.NullMarked;
