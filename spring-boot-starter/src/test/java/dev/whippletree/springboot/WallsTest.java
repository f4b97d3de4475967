package dev.whippletree.springboot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The starter wires: it knows core's entrance, and names neither a provider nor a cache. */
@AnalyzeClasses(packages = "dev.whippletree.springboot", importOptions = DoNotIncludeTests.class)
final class WallsTest {

    @ArchTest
    static final ArchRule wiresAndDecidesNothing = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.whippletree",
                    "dev.whippletree.springboot",
                    "dev.whippletree.config",
                    "dev.whippletree.langchain4j",
                    "dev.whippletree.metrics",
                    "dev.whippletree.model",
                    "dev.whippletree.plugin",
                    "dev.whippletree.spi",
                    "dev.whippletree.springai",
                    "dev.whippletree.status",
                    "dev.whippletree.test",
                    "dev.langchain4j..",
                    "java..",
                    "io.micrometer..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "org.springframework..");
}
