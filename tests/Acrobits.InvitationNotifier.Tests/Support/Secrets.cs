using Microsoft.Extensions.Logging.Testing;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>What must never be seen in a log, a result or an exception, whatever becomes of an invitation.</summary>
internal static class Secrets
{
    public const string Password = "swordfish-4711";
    public const string HeaderValue = "key-0815-abcdef";
    public const string SigningSecret = "whsec_c2lnbmVkLXdpdGgtdGhpcy1zZWNyZXQtNDcxMQ==";

    /// <summary>An invitation whose invitee and invitor stand in no other text.</summary>
    public static Invitation Invitation { get; } = new("+420777654321", "ygritte", "mynetwork");

    /// <summary>Gives a web service all that is secret: values in URL and body, a password and a header.</summary>
    public static void Configure(InvitationNotifierOptions options, string authority)
    {
        options.InvitationCreatedUrl = $"http://jon:{Password}@{authority}/i/%invitee%?by=%invitor%";
        options.InvitationCreatedPostData = "invitee=%invitee%&invitor=%invitor%";
        options.Headers = new Dictionary<string, string> { ["X-Api-Key"] = HeaderValue };
        options.Signing.Secrets.Add(SigningSecret);
    }

    /// <summary>Checks all that an application can see of what happened.</summary>
    public static void AssertKept(NotifierHost host, NotificationResult? result = null, Exception? exception = null)
    {
        AssertKept(result?.ToString());
        AssertKept(result?.Exception?.ToString());
        AssertKept(exception?.ToString());
        AssertKept(host.Logs);
    }

    /// <summary>Checks all that was logged.</summary>
    public static void AssertKept(IReadOnlyList<FakeLogRecord> logs)
    {
        Assert.NotEmpty(logs);
        foreach (var record in logs)
        {
            AssertKept(record.Message);
            AssertKept(record.Exception?.ToString());
            AssertKept(string.Join('\n', record.StructuredState ?? []));
            AssertKept(string.Join('\n', record.Scopes));
        }
    }

    private static void AssertKept(string? text)
    {
        // The parts that stay the same in every encoding; the last two are Base64 of the password and of user and password.
        string[] secrets = ["420777654321", "ygritte", Password, HeaderValue, SigningSecret[6..], "c3dvcmRmaXNo", "am9uOnN3b3JkZmlza"];
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, text ?? "", StringComparison.OrdinalIgnoreCase);
        }
    }
}
