/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.roundtrips;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a driver and a PostgreSQL server, hands everything on, and counts what the driver waits for: what it
 * sends in one go and ends with a Sync or a simple Query message is a round trip.
 */
final class WireTap implements AutoCloseable {

    /** Requests for encryption have codes from here on; a start-up message has the protocol's version, which is lower. */
    private static final int FIRST_REQUEST_CODE = 1234 << 16;

    private final ServerSocket entrance;
    private final int serverPort;
    private final AtomicInteger roundTrips = new AtomicInteger();
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    WireTap(int serverPort) throws IOException {
        this.serverPort = serverPort;
        entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    String url() {
        return "jdbc:postgresql://localhost:" + entrance.getLocalPort() + "/postgres?user=postgres";
    }

    void reset() {
        roundTrips.set(0);
        statements.clear();
    }

    int roundTrips() {
        return roundTrips.get();
    }

    /** The SQL texts that were sent, in order. */
    List<String> statements() {
        return List.copyOf(statements);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "wire-tap");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = entrance.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                start(() -> relay(client, server, () -> new Requests().handOn(client, server)));
                start(() -> relay(client, server, () -> server.getInputStream().transferTo(client.getOutputStream())));
            }
        } catch (IOException e) {
            if (!entrance.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private interface Relay {
        void run() throws IOException;
    }

    /** When one side hangs up, so does the other. */
    private static void relay(Socket client, Socket server, Relay relay) {
        try (client;
                server) {
            relay.run();
        } catch (IOException e) {
            return; // hung up in the middle, which is theirs to complain about
        }
    }

    /** What one driver connection sends. */
    private final class Requests {

        private final Map<String, String> prepared = new HashMap<>();

        void handOn(Socket client, Socket server) throws IOException {
            DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            OutputStream out = server.getOutputStream();
            startUp(in, out);
            ByteArrayOutputStream sentInOneGo = new ByteArrayOutputStream();
            boolean awaited = false;
            while (true) {
                int type = in.read();
                if (type < 0) {
                    return;
                }
                int length = in.readInt();
                byte[] body = in.readNBytes(length - Integer.BYTES);
                note((char) type, body);
                awaited |= type == 'S' || type == 'Q';
                sentInOneGo.write(ByteBuffer.allocate(1 + length)
                        .put((byte) type)
                        .putInt(length)
                        .put(body)
                        .array());
                if (in.available() == 0) {
                    if (awaited) {
                        roundTrips.incrementAndGet();
                    }
                    awaited = false;
                    sentInOneGo.writeTo(out);
                    sentInOneGo.reset();
                    out.flush();
                }
            }
        }

        /** The messages before the first typed one: perhaps a request for encryption, then the start-up message. */
        private void startUp(DataInputStream in, OutputStream out) throws IOException {
            int code;
            do {
                int length = in.readInt();
                byte[] body = in.readNBytes(length - Integer.BYTES);
                out.write(ByteBuffer.allocate(length).putInt(length).put(body).array());
                out.flush();
                code = ByteBuffer.wrap(body).getInt();
            } while (code >= FIRST_REQUEST_CODE);
        }

        private void note(char type, byte[] body) {
            switch (type) {
                case 'P' -> {
                    String name = text(body, 0);
                    prepared.put(name, text(body, name.getBytes(StandardCharsets.UTF_8).length + 1));
                }
                case 'B' -> {
                    String portal = text(body, 0);
                    String name = text(body, portal.getBytes(StandardCharsets.UTF_8).length + 1);
                    statements.add(prepared.getOrDefault(name, name));
                }
                case 'Q' -> statements.add(text(body, 0));
                default -> {
                    // no SQL
                }
            }
        }

        private String text(byte[] body, int from) {
            int end = from;
            while (body[end] != 0) {
                end++;
            }
            return new String(body, from, end - from, StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
