/** The files in {@code deploy}, used as far as that needs no container engine. */
@NullMarked
package dev.whippletree.tests.deployed;

import org.jspecify.annotations.NullMarked;
