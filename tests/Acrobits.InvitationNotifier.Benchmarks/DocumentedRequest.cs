namespace Acrobits.InvitationNotifier.Benchmarks;

/// <summary>What the web service's documentation shows: templates, headers and the values of an invitation.</summary>
internal static class DocumentedRequest
{
    public const string UrlTemplate = "https://example.com/invitation/?invitee=%invitee%&invitor=%invitor%&net=%network_id%";
    public const string JsonTemplate = """{ "invitee" : "%invitee%", "invitor" : "%invitor%", "network" : "%network_id%" }""";
    public const string FormTemplate = "invitee=%invitee%&invitor=%invitor%&network_id=%network_id%";
    public const string XmlTemplate = """
        <root>
            <invitee>%invitee%</invitee>
            <invitor>%invitor%</invitor>
            <network_id>%network_id%</network_id>
        </root>
        """;

    public const string CacheControl = "max-age=0";
    public const string UserAgent = "Sync Server 1.1";

    public static Invitation Invitation { get; } = new("15551231234", "johnsnow", "mynetwork");
}
