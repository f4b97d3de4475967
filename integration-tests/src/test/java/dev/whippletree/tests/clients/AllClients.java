package dev.whippletree.tests.clients;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** A test that runs only where all clients are required to be there: in {@code .ci/run}. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@EnabledIfEnvironmentVariable(
        named = Surroundings.REQUIRED,
        matches = "(?i)true",
        disabledReason = "skipped: this client is tested by .ci/run, or with " + Surroundings.REQUIRED + "=true")
@interface AllClients {}
