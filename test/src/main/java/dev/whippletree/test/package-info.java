/** A Whippletree for tests of the programs that use one: the real engine in virtual time, over scripted answers. */
@NullMarked
package dev.whippletree.test;

import org.jspecify.annotations.NullMarked;
