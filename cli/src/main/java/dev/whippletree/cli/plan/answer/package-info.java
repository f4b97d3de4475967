/**
 * What a plan's answer says besides its own values: costs, credits, and the words that every form of it uses.
 */
@NullMarked
package dev.whippletree.cli.plan.answer;

import org.jspecify.annotations.NullMarked;
