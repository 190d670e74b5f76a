namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

/// <summary>Invitations whose values stand in no other text, so that a leak can be found.</summary>
internal static class Samples
{
    private const string Number = "420777654321";
    private const string Invitor = "ygritte";

    public static Invitation Invitation { get; } = Numbered(0);

    public static Invitation Numbered(int number) => new($"+{Number}{number:000}", $"{Invitor}{number}", "mynetwork");

    public static IEnumerable<Invitation> Many(int count) => Enumerable.Range(1, count).Select(Numbered);

    public static void AssertKept(string? text)
    {
        Assert.DoesNotContain(Number, text ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain(Invitor, text ?? "", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Checks that nothing in the log of a host, Rebus' own messages included, tells who was invited by whom.</summary>
    public static void AssertKept(TestHost host)
    {
        Assert.NotEmpty(host.Logs);
        foreach (var record in host.Logs)
        {
            AssertKept(record.Message);
            AssertKept(record.Exception?.ToString());
            AssertKept(string.Join('\n', record.StructuredState ?? []));
            AssertKept(string.Join('\n', record.Scopes));
        }
    }
}
