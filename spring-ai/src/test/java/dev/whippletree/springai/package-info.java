/** Tests of the Spring AI model against a scripted service. */
@NullMarked
package dev.whippletree.springai;

import org.jspecify.annotations.NullMarked;
