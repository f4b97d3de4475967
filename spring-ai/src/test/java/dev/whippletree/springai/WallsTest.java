package dev.whippletree.springai;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The model translates: it knows core's entrance and values, and Spring AI, and nothing else. */
@AnalyzeClasses(packages = "dev.whippletree.springai", importOptions = DoNotIncludeTests.class)
final class WallsTest {

    @ArchTest
    static final ArchRule translatesAndDecidesNothing = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.whippletree",
                    "dev.whippletree.springai",
                    "dev.whippletree.config",
                    "dev.whippletree.model",
                    "dev.whippletree.settings",
                    "java..",
                    "io.micrometer.observation..",
                    "org.jspecify..",
                    "org.springframework.ai..",
                    "org.springframework.util",
                    "org.reactivestreams",
                    "reactor..",
                    "tools.jackson.core..",
                    "tools.jackson.databind..");
}
