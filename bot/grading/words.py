"""Word lists of the text index: function words, negators, irregular forms, look-alikes."""

from typing import Final

FUNCTION_WORDS: Final = frozenset(
    """
    a about am an and any are as at be because been being but by can could did do does doing for
    from had has have having he hence her here hers him his how however i if in into is it its
    let lets like may me might mine must my of on onto or our ours really s shall she
    should so some such than that the their theirs them then there therefore these they
    thing things this those though thus to too upon us very was we were what when where whereas
    whether which while who whom whose why will with would yet you your yours
    """.split()
)
"""Words that carry no subject matter; the index leaves them out of its positions."""

NEGATORS: Final = frozenset(
    """
    not no never without cannot neither nor cant dont doesnt didnt isnt arent wasnt werent wont
    wouldnt shouldnt couldnt hasnt havent hadnt mustnt neednt aint
    """.split()
)
"""Words that turn what follows in their clause into its opposite; all share one stem."""

UNSCOPED_AFTER_NOT: Final = frozenset({"only", "just", "merely", "simply", "necessarily"})
"""After one of these, "not" does not deny: "not only fast but also typed"."""

DENIERS: Final = frozenset({"nobody", "nothing"})
"""Content words that deny what follows in their clause."""

CONTRASTS: Final = frozenset({"instead", "rather", "unlike"})
"""Content words that open a clause and deny what follows in it: "X instead of Y"."""

CLAUSE_OPENERS: Final = frozenset(
    """
    and because but hence however if otherwise since so therefore though thus unless until when
    whenever whereas which while who
    """.split()
)
"""Words that begin a new clause, where an earlier negation ends."""

WHOLE: Final = frozenset(
    """
    asgi etag fastapi fastapis github gitlab graphql javascript mongodb mysql oauth oauth2
    openapi postgresql rabbitmq sqlalchemy sqlite sqlmodel typescript websocket websockets
    """.split()
)
"""Names that stay one word although their capitals would split them."""

IRREGULAR: Final = {
    form: base
    for base, forms in {
        "begin": "began begun",
        "bind": "bound",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "catch": "caught",
        "choose": "chose chosen",
        "come": "came",
        "deal": "dealt",
        "draw": "drew drawn",
        "fall": "fell fallen",
        "feed": "fed",
        "find": "found",
        "forget": "forgot forgotten",
        "freeze": "froze frozen",
        "get": "got gotten",
        "give": "gave given",
        "go": "went gone",
        "grow": "grew grown",
        "hide": "hid hidden",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "mean": "meant",
        "only": "just merely solely",
        "pay": "paid",
        "queue": "queued queueing queuing",
        "run": "ran",
        "say": "said",
        "see": "saw seen",
        "send": "sent",
        "show": "shown",
        "sleep": "slept",
        "speak": "spoke spoken",
        "spend": "spent",
        "stand": "stood",
        "stick": "stuck",
        "take": "took taken",
        "tell": "told",
        "think": "thought",
        "throw": "threw thrown",
        "understand": "understood",
        "wake": "woke woken",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}
"""Irregular forms to the base form that the stemmer then treats."""

SHORT_FORMS: Final = {
    "app": "application",
    "apps": "application",
    "arg": "argument",
    "args": "argument",
    "async": "asynchronous",
    "config": "configuration",
    "configs": "configuration",
    "ctor": "constructor",
    "db": "database",
    "dbs": "database",
    "dep": "dependency",
    "deps": "dependency",
    "env": "environment",
    "envs": "environment",
    "fn": "function",
    "fns": "function",
    "func": "function",
    "funcs": "function",
    "k8s": "kubernetes",
    "mw": "middleware",
    "param": "parameter",
    "params": "parameter",
    "postgres": "postgresql",
    "prod": "production",
    "repo": "repository",
    "req": "request",
    "reqs": "request",
    "resp": "response",
    "sync": "synchronous",
    "ws": "websocket",
}
"""What people write for short, to the word they mean."""

LOOK_ALIKES: Final = str.maketrans(
    "аеорсхукмтнівѕјһԁԛԝАВЕКМНОРСТХУІЅЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοντρυικıɡ’‘ʼ´",
    "aeopcxykmthibsjhdqwABEKMHOPCTXYISJABEZHIKMNOPTYXaovtpuikig''''",
)
"""Cyrillic, Greek and other letters that pass for Latin ones, and the kinds of apostrophe."""

DENY_LISTED: Final = frozenset(
    frozenset(pair.split("/"))
    for pair in """
    authentication/authorization authenticate/authorize authenticated/authorized
    stateful/stateless blocking/locking thread/threat threads/threats cached/catched
    state/static static/stale state/stale stable/stale encode/encrypt encoding/encrypting
    decode/decorate exclude/execute include/inclusive request/requeue responses/response
    public/publish private/privilege hashed/cached session/version salted/stated
    unique/unicode validate/valuate parameter/perimeter query/queue header/reader
    migrate/mitigate process/precess strict/string struct/strict handle/handler
    signed/singed server/serve worker/works reload/reloaded import/export
    """.split()
)
"""Words that differ by a typo's distance but mean different things: never corrected."""

ENGLISH: Final = "en"
_AMBIGUOUS: Final = frozenset("as at do i in is me no of on so to".split())
_MARKERS: Final = {
    ENGLISH: "the and is are it that this to of for you with not be as on by your can if from "
    "when which only has have does do so but or what how there they will would one "
    "all each into than because",
    "cs": "je se na že který jsou pro jako není ale nebo když může také být tedy pokud ve",
    "da": "og er det ikke på som en til af med der kan hvis eller også bliver når fra skal",
    "de": "der die das und ist nicht ein eine einen einem einer auf für von zu den dem des wird"
    " werden sich auch wenn aber oder nur kann bei wie dann man mit sind als durch über nach",
    "es": "el los las que en es una por con para del como más pero su se lo al cuando y o si"
    " esto ya cada sin son hay puede",
    "fi": "ja on ei se että kun tai joka ovat niin kuin myös voi mutta jos sitten",
    "fr": "le les des et est une dans pour que qui pas sur avec ce il elle sont par plus au aux"
    " ne du la un mais ou si cela chaque sans peut",
    "hu": "és az hogy nem egy van is ez meg de ha vagy csak lehet mert amely kell",
    "id": "yang dan di untuk dengan tidak ini itu dari dalam pada adalah akan bisa jika atau",
    "it": "il gli che è di una con non sono per come più del della nel si lo le ma se quando"
    " ogni anche viene può senza dei delle",
    "nl": "de het een en van dat niet met voor op zijn als maar ook wordt die er bij naar dan kan",
    "pl": "i na nie się jest że jak po dla przez to do z w są ale lub może gdy tylko czy który",
    "pt": "os que é um uma para com não da na por mais como se ao mas ou quando são pode"
    " cada sem isso já em dos das",
    "ro": "și este nu în pe cu pentru care sunt că la din mai dacă sau poate fi se",
    "sv": "och att det som är på för inte av med den ett till kan om eller när från också",
    "tr": "ve bir bu için ile değil gibi çok olarak daha her olan ya ancak ise sonra kadar",
    "vi": "và là của không được một có cho với các khi này trong để người như",
}

LANGUAGES_OF: Final = {
    word: tuple(
        code
        for code, words in _MARKERS.items()
        if word in words.split() and (code == ENGLISH or word not in _AMBIGUOUS)
    )
    for word in sorted({word for words in _MARKERS.values() for word in words.split()})
}
"""Frequent words to the languages (ISO 639-1 codes) that they tell from others."""
