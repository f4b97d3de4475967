package dev.whippletree.comparison.contender;

/**
 * What a caller asks. Immutable.
 *
 * @param text the one message of the prompt
 * @param model the model; for a gateway the name under which it has the accounts
 * @param tenant on whose behalf
 * @param session the caller, for contenders that are fair to sessions
 */
public record Question(String text, String model, String tenant, String session) {}
