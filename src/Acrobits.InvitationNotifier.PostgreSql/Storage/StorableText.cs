namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>Text as PostgreSQL can store it and compare with: neither NUL nor half of a surrogate pair.</summary>
internal static class StorableText
{
    public static string? Of(string? text) => text is null
        ? null
        : string.Concat(text.EnumerateRunes().Select(static rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()));
}
