/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One of several processes that share a database. Takes {@code refresh} and {@code stop} from its standard input, and answers each
 * with a line: at last {@code confirmed <number> doubtful <number> failed <what>}.
 */
final class FleetMember {

    static final int SIZE = 5;
    static final Duration RECYCLE = Duration.ofSeconds(2);
    static final double JITTER = 0.5;

    /** After jitter, and after what a replacement is opened ahead. */
    static final Duration SHORTEST_LIFE = Duration.ofMillis(900);

    private final Process process;
    private final BufferedReader answers;
    private final PrintStream orders;

    /** What a member says at the end. */
    record Account(int confirmed, int inDoubt, String failures) {}

    private FleetMember(Process process) {
        this.process = process;
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /**
     * Starts one.
     *
     * @param number from 0
     */
    static FleetMember start(String url, int number) throws IOException {
        return new FleetMember(new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FleetMember.class.getName(),
                        url,
                        String.valueOf(number))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Waits until it is at work. */
    void awaitStart() throws IOException {
        expect("started");
    }

    /** Has it replace its connections, and waits until that is done. */
    void refresh() throws IOException {
        orders.println("refresh");
        expect("refreshed");
    }

    private void expect(String answer) throws IOException {
        String line = answers.readLine();
        if (!answer.equals(line)) {
            throw new IOException("Expected '" + answer + "' but got '" + line + "'.");
        }
    }

    Account stop() throws IOException {
        orders.println("stop");
        String line = answers.readLine();
        if (line == null || !line.startsWith("confirmed ")) {
            throw new IOException("Expected an account but got '" + line + "'.");
        }
        String[] words = line.split(" ", 6);
        return new Account(Integer.parseInt(words[1]), Integer.parseInt(words[3]), words[5]);
    }

    /** If it is still there. */
    void kill() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws Exception {
        String url = arguments[0];
        int number = Integer.parseInt(arguments[1]);
        Ledger ledger = Ledger.existing(url, number * 1_000_000_000L);
        PrintStream out = System.out;
        QueuePool pool = new QueuePool(PoolConfig.builder()
                .name("member-" + number)
                .url(url)
                .poolSize(SIZE)
                .maxOverflow(0)
                .recycle(RECYCLE)
                .recycleJitter(JITTER)
                .timeout(Duration.ofSeconds(10))
                .build());
        List<String> problems = new ArrayList<>();
        LedgerLoad load = new LedgerLoad(pool, ledger, SIZE);
        load.awaitProgress(10);
        out.println("started");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String order;
        while ((order = orders.readLine()) != null && !order.equals("stop")) {
            if (!pool.refresh().await(Duration.ofSeconds(20))) {
                problems.add("refresh");
            }
            out.println("refreshed");
        }
        load.stop();
        pool.close();
        out.println("confirmed " + ledger.confirmed() + " doubtful " + ledger.inDoubt() + " failed " + load.failures()
                + problems);
    }
}
