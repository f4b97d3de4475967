package dev.whippletree.tests.deployed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.tests.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The last stage of the {@code Dockerfile}, with a plain folder in place of an image: the steps that it takes to fill
 * the file system, and how it says to run. Steps that it doesn't know end the test.
 */
final class Image {

    private static final Pattern STEP = Pattern.compile("(?m)^([A-Z]+) +(.*)$");
    private static final String BUILT = "--from=build /build/";

    private final Path root;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Path> writable = new ArrayList<>();

    private Image(Path root) {
        this.root = root;
    }

    /**
     * Fills a folder as the image would be filled, from what this build has built.
     *
     * @param root an empty folder
     */
    static Image built(Path root) throws IOException {
        Image image = new Image(root);
        String stage = DeployFolder.text("Dockerfile").split("(?m)^FROM ")[2];
        for (MatchResult step : STEP.matcher(stage).results().toList()) {
            image.step(step.group(1), step.group(2));
        }
        image.makeReadOnly();
        return image;
    }

    private void step(String name, String text) throws IOException {
        switch (name) {
            case "COPY" -> {
                String[] parts = text.split(" ");
                String from = text.startsWith(BUILT) ? parts[1].replace("/build/", "") : parts[0];
                copy(Project.ROOT.resolve(from), at(parts[parts.length - 1]));
            }
            case "RUN" -> {
                for (String command : text.split(" && ")) {
                    String[] words = command.split(" ");
                    switch (words[0]) {
                        case "mkdir" -> {
                            for (String folder : List.of(words).subList(2, words.length)) {
                                Files.createDirectories(at(folder));
                            }
                        }
                        case "chown" -> {
                            assertThat(words[1]).isEqualTo("10001:10001");
                            writable.add(at(words[2]));
                        }
                        default -> throw new AssertionError("a step that this test doesn't know: " + command);
                    }
                }
            }
            case "ENV" -> environment.put(text.split("=")[0], text.split("=", 2)[1].replace("\"", ""));
            case "HEALTHCHECK" -> settings.put(name, text.replaceFirst(".*? CMD ", ""));
            case "USER", "WORKDIR", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD" -> settings.put(name, text);
            default -> throw new AssertionError("a step that this test doesn't know: " + name);
        }
    }

    /** Returns where a path of the image is. */
    Path at(String path) {
        return root.resolve(path.substring(1));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path path : walk.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(path, from.equals(path) ? to : target);
                }
            }
        }
    }

    /** As {@code --read-only} makes it; readable for others than its owner, as an image is. */
    private void makeReadOnly() throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path path : walk.toList()) {
                Set<PosixFilePermission> permissions = EnumSet.of(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.GROUP_READ,
                        PosixFilePermission.OTHERS_READ);
                if (Files.isDirectory(path) || Files.isExecutable(path)) {
                    permissions.addAll(Set.of(
                            PosixFilePermission.OWNER_EXECUTE,
                            PosixFilePermission.GROUP_EXECUTE,
                            PosixFilePermission.OTHERS_EXECUTE));
                }
                if (writable.contains(path)) {
                    permissions.add(PosixFilePermission.OWNER_WRITE);
                }
                Files.setPosixFilePermissions(path, permissions);
            }
        }
    }

    /** Makes all of it writable again, so that it can be deleted. */
    void open() throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path path : walk.filter(Files::isDirectory).toList()) {
                assertThat(path.toFile().setWritable(true)).isTrue();
            }
        }
    }

    List<Path> writable() {
        return writable;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Returns what a step says: {@code USER}, for example. */
    String setting(String step) {
        return settings.getOrDefault(step, "");
    }

    /** Returns the words of a step that is written as an array. */
    List<String> words(String step) {
        return JsonMapper.shared().readValue(setting(step), new TypeReference<>() {});
    }
}
