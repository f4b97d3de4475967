/**
 * Compares Whippletree with other clients and gateways over emulated services: runs them, judges their answers, writes
 * the page.
 */
@NullMarked
package dev.whippletree.comparison;

import org.jspecify.annotations.NullMarked;
