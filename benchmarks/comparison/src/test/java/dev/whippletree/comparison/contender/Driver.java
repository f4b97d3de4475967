package dev.whippletree.comparison.contender;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * In place of the driver that asks contenders: answers the first question of each folder with half of an answer, but
 * for one with an error, and one not at all.
 */
public final class Driver {

    private Driver() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println("ready");
        if (arguments[2].equals("load")) {
            load(arguments[0]);
            return;
        }
        if (System.in.read() < 0) {
            return;
        }
        for (int i = 3; i < arguments.length; i++) {
            String folder = arguments[i];
            if (!folder.matches(".*/(whole|stream)-reset")) {
                String how = folder.endsWith("-500") ? "failed" : "said";
                Files.writeString(Path.of(folder, "answers.tsv"), "answer\t0\t0\t0\t1000000\t" + how + "\thalf\n");
            }
        }
    }

    /** Says that each second had 100 calls; or that it can't be started, or that all calls failed or had no end. */
    private static void load(String contender) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (contender.equals("Gone") && line.equals("start")) {
                return;
            }
            switch (line) {
                case "stop" -> System.out.println("left\t" + (contender.equals("Stuck") ? 3 : 0));
                case "kind" -> System.out.println("library");
                case "cut" ->
                    System.out.println(
                            contender.equals("Failing")
                                    ? "nanos\t1000000000\nfailed\t100\tno route\nended\t\nopen\t"
                                    : "nanos\t1000000000\nfailed\t0\t\nended\t200:50 300:50\nopen\t");
                default -> {}
            }
            System.out.println(".");
        }
    }
}
