package dev.whippletree.emulator.model;

/**
 * A model's answer. Immutable.
 *
 * @param number the number of the account's request that it answers, from 1
 * @param account the account's id
 * @param model the model that answered
 * @param draft what it says
 * @param cachedTokens how many of the prompt's tokens the service had in its prompt cache
 */
public record ChatAnswer(long number, String account, String model, Draft draft, long cachedTokens) {}
