/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The network between a pool and its server, in which things go wrong on demand. */
final class Wire implements AutoCloseable {

    private final ServerSocket entrance;
    private final int serverPort;
    private final long begin = System.nanoTime();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Queue<Long> connects = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile boolean swallowing;
    private volatile boolean refusing;
    private volatile Duration connectDelay = Duration.ZERO;
    private volatile Duration delay = Duration.ZERO;
    private volatile int bytesAtOnce = 8_192;

    Wire(int serverPort) throws IOException {
        this.serverPort = serverPort;
        entrance = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    /** How often somebody connected. */
    int connects() {
        return connects.size();
    }

    /** How many connected in each second since this is there. */
    List<Integer> connectsPerSecond() {
        int[] counts = new int[(int) secondsUntil(System.nanoTime()) + 1];
        connects.forEach(time -> counts[(int) secondsUntil(time)]++);
        return Arrays.stream(counts).boxed().toList();
    }

    private long secondsUntil(long time) {
        return TimeUnit.NANOSECONDS.toSeconds(time - begin);
    }

    /**
     * The most that connected in any time of this length.
     *
     * @param first how many of them are not counted
     */
    int mostConnectsWithin(Duration length, int first) {
        List<Long> times = List.copyOf(connects);
        int most = 0;
        for (int from = first, last = first; last < times.size(); last++) {
            while (times.get(last) - times.get(from) > length.toNanos()) {
                from++;
            }
            most = Math.max(most, last - from + 1);
        }
        return most;
    }

    int mostOpen() {
        return mostOpen.get();
    }

    /** While true, packets vanish. Afterwards the server learns who has gone meanwhile, as it would by keep-alive. */
    void swallow(boolean swallowing) {
        this.swallowing = swallowing;
        if (!swallowing) {
            links.stream().filter(link -> link.left).forEach(Link::cut);
        }
    }

    /** While true, who connects is hung up on. */
    void refuse(boolean refusing) {
        this.refusing = refusing;
    }

    /** How long a new connection takes. */
    void delayConnects(Duration delay) {
        connectDelay = delay;
    }

    /** How long each packet takes, and how large it may be. */
    void slowDown(Duration delay, int bytesAtOnce) {
        this.delay = delay;
        this.bytesAtOnce = bytesAtOnce;
    }

    /** Both ends of every connection learn that it is gone. */
    void cut() {
        links.forEach(Link::cut);
    }

    /** The server's end of every connection is gone, and the client's is not told. */
    void halve() {
        links.forEach(Link::halve);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                connects.add(System.nanoTime());
                mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
                start(() -> new Link(client).run());
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private final class Link {

        private final Socket client;
        private final Socket server = new Socket();
        private final AtomicBoolean isCounted = new AtomicBoolean(true);
        private volatile boolean halved;
        private volatile boolean left;

        Link(Socket client) {
            this.client = client;
        }

        void run() {
            links.add(this);
            try {
                if (refusing) {
                    cut();
                    return;
                }
                pause(connectDelay);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                start(() -> relay(server, client));
                relay(client, server);
            } catch (IOException e) {
                cut(); // the server is down
            }
        }

        private void relay(Socket from, Socket to) {
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] packet = new byte[8_192];
                int length;
                while ((length = in.read(packet, 0, Math.min(packet.length, bytesAtOnce))) >= 0) {
                    pause(delay);
                    if (!swallowing && !halved) {
                        out.write(packet, 0, length);
                        out.flush();
                    }
                }
                hangUp();
            } catch (IOException e) {
                hangUp();
            }
        }

        private void hangUp() {
            left = true;
            if (!halved && !swallowing) {
                cut();
            }
        }

        private void pause(Duration time) {
            if (!time.isZero()) {
                LockSupport.parkNanos(time.toNanos());
            }
        }

        void halve() {
            halved = true;
            close(server);
        }

        void cut() {
            if (isCounted.compareAndSet(true, false)) {
                open.decrementAndGet();
            }
            links.remove(this);
            close(client);
            close(server);
        }

        private void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        cut();
    }
}
