// Registers the notifier as an application would, sends one invitation to a provider on this machine and compares what
// arrives there, byte for byte, with the documented request. The exit code is 0 when both agree.

using System.Net;
using System.Net.Sockets;
using System.Text;
using Acrobits.InvitationNotifier;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
using var listener = new TcpListener(IPAddress.Loopback, 0);
listener.Start();
int port = ((IPEndPoint)listener.LocalEndpoint).Port;
Task<string> provider = AnswerOneRequestAsync(listener, timeout.Token);

// Every kind of value the configuration knows: text, numbers, times, a list, nested objects and a dictionary of them.
string settings = $$"""
    {
      "InvitationNotifier": {
        "AttemptTimeout": "00:04:00",
        "TotalTimeout": "00:04:00",
        "Retry": { "MaxRetryAttempts": 1, "UseJitter": false },
        "Egress": { "AllowedRanges": [ "127.0.0.0/8" ] },
        "Networks": {
          "mynetwork": {
            "InvitationCreatedUrl": "http://127.0.0.1:{{port}}/invitation_created/?net=%network_id%",
            "InvitationCreatedPostData": "{\"invitee\" : \"%invitee%\", \"invitor\" : \"%invitor%\"}",
            "InvitationCreatedContentType": "application/json",
            "Headers": { "X-Api-Key": "secret" }
          }
        }
      }
    }
    """;

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(settings)));
builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));

using IHost host = builder.Build();
await host.StartAsync(timeout.Token);
NotificationResult result = await host.Services.GetRequiredService<IInvitationNotifier>()
    .NotifyAsync(new Invitation("+15551231234", "johnsnow", "mynetwork"), timeout.Token);
await host.StopAsync(timeout.Token);

if (!result.IsSuccess)
{
    Console.Error.WriteLine($"The invitation was not delivered: {result}");
    return 1;
}

string[] expected =
[
    "POST /invitation_created/?net=mynetwork HTTP/1.1",
    $"Host: 127.0.0.1:{port}",
    "Connection: close",
    "Cache-Control: max-age=0",
    "User-Agent: Sync Server 1.1",
    "X-Api-Key: secret",
    "Content-Type: application/json",
    "Content-Length: 52",
    "",
    """{"invitee" : "+15551231234", "invitor" : "johnsnow"}""",
];
string received = await provider;
if (received != string.Join("\r\n", expected))
{
    Console.Error.WriteLine($"The provider did not receive the documented request, but:\n{received}");
    return 1;
}

Console.WriteLine("The invitation was delivered as documented.");
return 0;

static async Task<string> AnswerOneRequestAsync(TcpListener listener, CancellationToken cancellationToken)
{
    using TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
    NetworkStream stream = client.GetStream();
    var request = new StringBuilder();
    byte[] buffer = new byte[4096];

    // The body is the JSON object that ends the request.
    while (!request.ToString().EndsWith('}'))
    {
        int count = await stream.ReadAsync(buffer, cancellationToken);
        if (count == 0)
        {
            break;
        }

        request.Append(Encoding.UTF8.GetString(buffer, 0, count));
    }

    await stream.WriteAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
    return request.ToString();
}
