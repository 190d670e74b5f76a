using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Benchmarks;

/// <summary>How a destination behaves in the mixed workload; in the healthy one all answer.</summary>
internal enum Behaviour
{
    Answers,
    Hangs,
    Refuses,
    Answers500,
}

/// <summary>
/// The providers' web services, in a process of their own. Each destination has a loopback address of its own.
/// </summary>
internal sealed class ProviderProcess : IDisposable
{
    public const string Command = "serve-providers";
    public const int Count = 1000;

    private readonly SelfProcess _process;

    private ProviderProcess(SelfProcess process)
    {
        _process = process;
        var ports = process.Answer.Split(' ');
        HealthyPort = int.Parse(ports[0], CultureInfo.InvariantCulture);
        MixedPort = int.Parse(ports[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Where all answer.</summary>
    public int HealthyPort { get; }

    /// <summary>Where those that are not healthy in the mixed workload are not.</summary>
    public int MixedPort { get; }

    public static Behaviour BehaviourOf(int destination) => (destination % 10) switch
    {
        1 => Behaviour.Hangs,
        4 => Behaviour.Refuses,
        7 => Behaviour.Answers500,
        _ => Behaviour.Answers,
    };

    public static IPAddress AddressOf(int destination) =>
        new([127, 77, (byte)(destination / 250), (byte)((destination % 250) + 1)]);

    public static async Task<ProviderProcess> StartAsync() => new(await SelfProcess.StartAsync(Command));

    public void Dispose() => _process.Dispose();

    /// <summary>The process itself.</summary>
    public static Task ServeAsync()
    {
        var healthyPort = Listen(_ => true, _ => Behaviour.Answers);
        var mixedPort = Listen(destination => BehaviourOf(destination) is Behaviour.Hangs or Behaviour.Answers500, BehaviourOf);
        return SelfProcess.ServeAsync(string.Create(CultureInfo.InvariantCulture, $"{healthyPort} {mixedPort}"));
    }

    private static int Listen(Func<int, bool> isIncluded, Func<int, Behaviour> behaviourOf)
    {
        var port = 0;
        foreach (var destination in Enumerable.Range(0, Count).Where(isIncluded))
        {
            // Only ever a loopback address of its own. The first one chooses the port of all.
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(AddressOf(destination), port));
            listener.Listen(512);
            port = ((IPEndPoint)listener.LocalEndPoint!).Port;
            _ = AcceptAsync(listener, behaviourOf(destination));
        }

        return port;
    }

    private static async Task AcceptAsync(Socket listener, Behaviour behaviour)
    {
        while (true)
        {
            _ = AnswerAsync(await listener.AcceptAsync(), behaviour);
        }
    }

    // The requests are short and have no body: their end is the end of what was read.
    private static async Task AnswerAsync(Socket connection, Behaviour behaviour)
    {
        using (connection)
        {
            try
            {
                var buffer = new byte[2048];
                var filled = 0;
                int read;
                while ((read = await connection.ReceiveAsync(buffer.AsMemory(filled))) > 0)
                {
                    filled += read;
                    if (behaviour == Behaviour.Hangs)
                    {
                        // Until the other side has had enough of it.
                        filled = 0;
                    }
                    else if (buffer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8))
                    {
                        await connection.SendAsync(behaviour == Behaviour.Answers
                            ? "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray()
                            : "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                        connection.Shutdown(SocketShutdown.Send);
                        return;
                    }
                }
            }
            catch (SocketException)
            {
                // The other side is gone.
            }
        }
    }
}
