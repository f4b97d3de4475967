/** The examples of embedding, run over real sockets against an emulated service. */
@NullMarked
package dev.whippletree.tests.examples;

import org.jspecify.annotations.NullMarked;
