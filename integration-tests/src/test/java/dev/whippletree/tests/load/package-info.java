/**
 * The whole under load, over real sockets: many interviews, few accounts, and everything that goes wrong on the way.
 */
@NullMarked
package dev.whippletree.tests.load;

import org.jspecify.annotations.NullMarked;
